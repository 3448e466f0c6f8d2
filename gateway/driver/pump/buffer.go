package pump

import (
	"sync"

	"switchyard.dev/gateway/session"
)

// bufferSize is how much is read at once, in bytes: a session holds two.
const bufferSize = 16 << 10

// buffer is what is read into.
type buffer struct {
	data [session.Headroom + bufferSize]byte
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func takeBuffer() *buffer { return buffers.Get().(*buffer) }

func (b *buffer) release() { buffers.Put(b) }

// free is where input goes.
func (b *buffer) free() []byte { return b.data[session.Headroom:] }

// filled is the buffer with n bytes of input.
func (b *buffer) filled(n int) []byte { return b.data[:session.Headroom+n] }
