package pump

import (
	"sync/atomic"
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
	_, err := x.conn.Write(p)
	return err
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
