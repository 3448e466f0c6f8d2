package driver

import (
	"sync"

	"switchyard.dev/gateway/session"
)

// bufferSize is how much is read at once, in bytes. Above 4 KiB the size of
// the buffer decides what bulk costs; above 32 KiB little is won.
const bufferSize = 32 << 10

// buffer is what is read into: a session holds one only while it has something
// to move.
type buffer struct {
	receiver
	data [session.Headroom + bufferSize]byte
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func takeBuffer() *buffer { return buffers.Get().(*buffer) }

func (b *buffer) release() { buffers.Put(b) }

// free is where input goes.
func (b *buffer) free() []byte { return b.data[session.Headroom:] }

// filled is the buffer with n bytes of input.
func (b *buffer) filled(n int) []byte { return b.data[:session.Headroom+n] }
