package driver

import (
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/session"
)

// polled is the state of a Transport whose reader waits for events: reads take
// from ahead, which is filled by one system call, and report errWouldBlock
// where the socket is empty.
type polled struct {
	on    bool
	empty bool
	fd    int
	ahead *buffer
	bytes []byte

	// out writes, and tells of writes that wait; nil before tell.
	out *writer
	// broken is why a write failed: behind a piece of a record nothing makes sense.
	broken error
	// cut says that the session is done with the connection.
	cut atomic.Bool
}

// wouldBlock is a net.Error that is temporary: crypto/tls does not remember it,
// and keeps the part of a record that it has.
type wouldBlock struct{}

var errWouldBlock error = wouldBlock{}

func (wouldBlock) Error() string   { return "the socket is empty" }
func (wouldBlock) Timeout() bool   { return false }
func (wouldBlock) Temporary() bool { return true }

// poll says that the socket behind fd may have something to read.
func (p *polled) poll(fd int) { p.on, p.fd, p.empty = true, fd, false }

// idle gives the buffer back where nothing is left in it.
func (p *polled) idle() {
	if p.ahead != nil && len(p.bytes) == 0 {
		p.ahead.release()
		p.ahead, p.bytes = nil, nil
	}
}

// tell lets w know of writes that wait, from now on, and reports whether it
// can. A slow client takes a record piece by piece, of which crypto/tls would
// tell nothing.
func (t *Transport) tell(w watch) bool {
	t.out = newWriter(t.TCPConn, w)
	return t.out != nil
}

// Write writes the TCP connection. crypto/tls never calls it twice at once.
func (t *Transport) Write(b []byte) (int, error) {
	switch {
	case t.out == nil:
		return t.TCPConn.Write(b)
	case t.broken == nil:
		t.broken = t.out.write(b)
	}
	if t.broken != nil {
		return 0, t.broken
	}
	return len(b), nil
}

// SetDeadline takes note of the one that ends all.
func (t *Transport) SetDeadline(at time.Time) error {
	if at.Equal(past) {
		t.cut.Store(true)
	}
	return t.TCPConn.SetDeadline(at)
}

// SetWriteDeadline is what crypto/tls calls to give a close_notify five seconds.
// A session has a clock of its own for a peer that takes nothing, and cuts it
// off; until then, a half-close waits behind the data as a FIN does.
func (t *Transport) SetWriteDeadline(at time.Time) error {
	if t.out != nil && !t.cut.Load() {
		return nil
	}
	return t.TCPConn.SetWriteDeadline(at)
}

// Read reads the TCP connection.
func (t *Transport) Read(b []byte) (int, error) {
	if !t.on {
		return t.TCPConn.Read(b)
	}
	if len(t.bytes) == 0 {
		if err := t.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, t.bytes)
	t.bytes = t.bytes[n:]
	return n, nil
}

func (t *Transport) fill() error {
	if t.empty {
		return errWouldBlock
	}
	if t.ahead == nil {
		t.ahead = takeBuffer()
	}
	n, left, err := t.ahead.receive(t.fd, t.ahead.data[session.Headroom:])
	switch {
	case err == unix.EAGAIN:
		t.empty = true
		return errWouldBlock
	case err != nil:
		return os.NewSyscallError("recv", err)
	case n == 0:
		return io.EOF
	}
	t.empty = !left
	t.bytes = t.ahead.data[session.Headroom : session.Headroom+n]
	return nil
}
