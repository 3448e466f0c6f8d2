package driver

import (
	"crypto/tls"
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
	conn  Conn
	watch watch
	// direct writes to conn; nil where only conn itself can.
	direct *writer
	// watched: conn itself tells watch of writes that wait.
	watched bool
	state   atomic.Uint32
}

// watch is told of a write that cannot be done at once.
type watch interface {
	// waits is called when it begins to wait, and again when it has moved.
	waits()
	// goesOn is called when it has ended.
	goesOn()
}

func (x *side) init(c Conn, w watch) {
	x.conn, x.watch = c, w
	switch c := c.(type) {
	case *net.TCPConn:
		x.direct = newWriter(c, w)
	case *tls.Conn:
		if t, ok := c.NetConn().(*Transport); ok {
			x.watched = t.tell(w)
		}
	}
}

// write writes all of p, by one goroutine at a time.
func (x *side) write(p []byte) error {
	if x.direct != nil {
		return x.direct.write(p)
	}
	if !x.watched {
		x.watch.waits()
		defer x.watch.goesOn()
	}
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
