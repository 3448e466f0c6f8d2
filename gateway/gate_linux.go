//go:build !portable

package gateway

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/loop"
	"switchyard.dev/gateway/handshake"
	"switchyard.dev/gateway/listener"
	"switchyard.dev/gateway/upstream"
)

// gate lets event loops do what needs no goroutine: a request that comes in one
// piece, is to be served, and whose service is reached by connecting to an
// address. All else goes through the same rooms on a goroutine.
type gate struct {
	g      *Gateway
	socket *listener.Socket
}

// accept is for listener.New.
func (g *Gateway) accept(l *net.TCPListener, s *listener.Socket) (stop func()) {
	stop, err := g.drivers.loops.Accept(l, listener.KeepAlive, gate{g, s})
	if err != nil {
		g.log.Error(err, "Clients are accepted by a goroutine")
		return nil
	}
	return stop
}

// Greets is for loop.Gate, as is what follows.
func (t gate) Greets() bool { return t.socket.Port().TLS() == nil }

func (t gate) Patience() time.Duration { return t.socket.Port().HandshakeTimeout() }

func (t gate) Lost(err error, retry time.Duration) { t.socket.Lost(err, retry) }

func (t gate) Fault(value any, stack []byte, from netip.AddrPort) {
	t.socket.Fault(value, stack, from.String())
}

func (t gate) Greet(from netip.AddrPort, first []byte) loop.Caller {
	a := &arrival{g: t.g, port: t.socket.Port(), socket: t.socket, from: from.String()}
	header, rest, ok := handshake.CutHeader(first, a.port.MaxHeaderBytes())
	if !ok || a.port.TLS() != nil {
		return nil
	}
	var refusal *handshake.Refusal
	if a.request, refusal = handshake.Parse(header); refusal != nil {
		return nil
	}
	attempt, ok := a.direct()
	if !ok {
		return nil
	}
	a.early = bytes.Clone(rest)
	return a.calls(attempt)
}

func (t gate) Detour(conn driver.Conn, first []byte) {
	a := &arrival{
		g: t.g, port: t.socket.Port(), socket: t.socket,
		from: conn.RemoteAddr().String(), first: bytes.Clone(first),
	}
	t.socket.Go(conn, func() { a.serve(conn) })
}

// direct is how to reach what serves the request, where a loop can do so.
func (a *arrival) direct() (attempt *upstream.Attempt, ok bool) {
	if a.decide() != nil {
		return nil, false
	}
	attempt, err := a.attempt()
	if err != nil {
		return nil, false
	}
	_, _, ok = attempt.Direct()
	return attempt, ok
}

// resume gives the client back to its event loop, if it has one, to connect to
// the service, if that is all it takes. Then the arrival is the loop's.
func (a *arrival) resume(attempt *upstream.Attempt) bool {
	if _, _, ok := attempt.Direct(); !ok || !loop.Drives(a.conn) {
		return false
	}
	loop.Resume(a.conn, a.calls(attempt))
	return true
}

// caller is an arrival in an event loop.
type caller struct {
	*arrival
	attempt *upstream.Attempt
	began   time.Time
}

func (a *arrival) calls(attempt *upstream.Attempt) *caller {
	attempt.Started()
	return &caller{arrival: a, attempt: attempt, began: time.Now()}
}

// Service is for loop.Caller, as is what follows.
func (c *caller) Service() (netip.AddrPort, time.Duration) {
	address, bound, _ := c.attempt.Direct()
	return address, bound
}

func (c *caller) Connected(s driver.Session, room []byte) (loop.Beginning, error) {
	lease := c.attempt.Connected()
	c.g.metrics.Dialled(c.choice.Route, c.choice.Subprotocol, time.Since(c.began))
	l := c.live(lease)
	l.driver = s
	if !c.g.sessions.Add(l) {
		lease.Release()
		return loop.Beginning{}, errDraining
	}
	l.count()
	return loop.Beginning{Config: &c.choice.Session, Owner: l, Answer: c.answer(room), Early: c.early}, nil
}

func (c *caller) Failed(conn driver.Conn, err error) {
	c.socket.Go(conn, func() { c.again(conn, err) })
}

func (c *caller) Gone() { c.attempt.Abandoned() }

// again goes on, on a goroutine, where connecting has failed.
func (c *caller) again(conn driver.Conn, err error) {
	defer giveBack(c.borrow())
	c.conn = conn
	if refusal := c.instead(err); refusal != nil {
		c.refuse(refusal)
	}
}

func (c *caller) instead(err error) *handshake.Refusal {
	if errors.Is(err, errDraining) {
		return draining()
	}
	if err := c.attempt.Failed(err); err != nil {
		return c.unreachable(err)
	}
	return c.reach(c.attempt)
}
