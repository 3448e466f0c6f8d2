package driver

import (
	"io"
	"net"
	"sync/atomic"
	"time"
)

// side is one of a session's two connections.
//
// Closing a connection of Go's network poller waits until nobody reads it, and
// the reader may be the one that closes, or wait for something else. So
// closing only interrupts; whoever comes last of closer and reader closes.
type side struct {
	conn Conn
	// out is how to write to conn. It writes all or fails.
	out   io.Writer
	state atomic.Uint32
}

// init sets the side up. moving is called when a write that waits has moved.
func (x *side) init(c Conn, moving func()) {
	x.conn, x.out = c, c
	if tcp, ok := c.(*net.TCPConn); ok {
		if w, err := newWriter(tcp, moving); err == nil {
			x.out = w
		}
	}
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
