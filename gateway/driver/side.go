package driver

import (
	"sync/atomic"
	"time"
)

// side is one of a session's two connections.
//
// Closing a connection of Go's network poller waits until nobody reads it, and
// the reader may be the one that closes, or wait for something else. So
// closing only interrupts; whoever comes last of closer and reader closes.
type side struct {
	conn  Conn
	out   outlet
	state atomic.Uint32
}

// outlet is how bytes get out to a connection. write writes all of p, by one
// goroutine at a time.
type outlet interface{ write(p []byte) error }

// watch is told of a write that cannot be done at once.
type watch interface {
	// waits is called when it begins to wait, and again when it has moved.
	waits()
	// goesOn is called when it has ended.
	goesOn()
}

func (x *side) init(c Conn, w watch) {
	x.conn = c
	if x.out = direct(c, w); x.out == nil {
		x.out = blocking{c, w}
	}
}

// blocking is the outlet of a connection that does not say whether it waits:
// every write is taken for one that does.
type blocking struct {
	conn  Conn
	watch watch
}

func (b blocking) write(p []byte) error {
	b.watch.waits()
	defer b.watch.goesOn()
	_, err := b.conn.Write(p)
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
