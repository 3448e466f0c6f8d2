package pump

import (
	"errors"
	"io"
	"sync/atomic"
	"syscall"
	"time"

	"switchyard.dev/gateway/driver"
)

// side is one of a session's two connections.
//
// Closing a connection of Go's network poller waits until nobody reads it, and
// the reader may be the one that closes, or wait for something else. So
// closing only interrupts; whoever comes last of closer and reader closes.
type side struct {
	conn  driver.Conn
	watch watch
	state atomic.Uint32
	// writing has an element while a write is under way. reset: one was told so.
	writing chan struct{}
	reset   atomic.Bool
}

// watch is told of writes, any of which may wait.
type watch interface {
	// waits is called when a write begins.
	waits()
	// goesOn is called when it has ended.
	goesOn()
}

// write writes all of p, by one goroutine at a time.
func (x *side) write(p []byte) error {
	x.watch.waits()
	defer x.watch.goesOn()
	x.writing <- struct{}{}
	defer func() { <-x.writing }()
	_, err := x.conn.Write(p)
	if errors.Is(err, syscall.ECONNRESET) {
		x.reset.Store(true)
	}
	return err
}

// receive reads and gives what comes to take, behind a headroom, until take
// reports false or the stream ends. It returns nil for both, else why reading
// failed.
func (x *side) receive(take func([]byte) bool) error {
	b := takeBuffer()
	defer b.release()
	for {
		n, err := x.conn.Read(b.free())
		if n > 0 && !take(b.filled(n)) {
			return nil
		}
		switch {
		case err == nil:
		case !errors.Is(err, io.EOF):
			return err
		case x.wasReset():
			return syscall.ECONNRESET
		default:
			return nil
		}
	}
}

// lastWord is how long a write that is under way at the end of what is read may
// take to tell why; one that waits for the other end will not.
const lastWord = time.Second

// wasReset: the system tells of a reset once, maybe to a write, and all who come
// later that the stream has ended.
func (x *side) wasReset() bool {
	select {
	case x.writing <- struct{}{}:
		<-x.writing
	case <-time.After(lastWord):
	}
	return x.reset.Load()
}

const (
	wantClosed = 1 << iota
	readerLeft
)

// past is a deadline that interrupts reads and writes at once.
var past = time.Unix(1, 0)

// close ends the connection, from any goroutine. Calls after the first do
// nothing.
func (x *side) close() {
	if x.state.Load()&wantClosed == 0 {
		x.conn.SetDeadline(past)
		x.mark(wantClosed)
	}
}

// left says that the reader is done with the connection for good.
func (x *side) left() { x.mark(readerLeft) }

func (x *side) mark(bit uint32) {
	had := x.state.Or(bit)
	if had&bit == 0 && had|bit == wantClosed|readerLeft {
		x.conn.Close()
	}
}
