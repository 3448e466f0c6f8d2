package gateway

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"switchyard.dev/gateway/accesslog"
	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/handshake"
	"switchyard.dev/gateway/listener"
	"switchyard.dev/gateway/route"
	"switchyard.dev/gateway/upstream"
)

// arrival is a connection on its way to become a session, or to be refused.
type arrival struct {
	g    *Gateway
	port *listener.Port
	// socket is nil where a goroutine has accepted the client.
	socket *listener.Socket
	// from is the client's address.
	from string
	// conn is nil while an event loop has the client.
	conn driver.Conn
	// first is what was read of conn before.
	first []byte
	// request is nil until the header is read.
	request *handshake.Request
	// early is what the client sent behind its header.
	early []byte
	// choice is nil until it is known what serves the request.
	choice *route.Choice
	// scratch is where the header is read and the answer made.
	scratch *[scratchSize]byte
}

// scratchSize is enough for what browsers send without cookies, in bytes.
const scratchSize = 2 << 10

var scratches = sync.Pool{New: func() any { return new([scratchSize]byte) }}

// borrow returns the scratch, too: the arrival may be another's by the time that
// it is given back.
func (a *arrival) borrow() *[scratchSize]byte {
	a.scratch = scratches.Get().(*[scratchSize]byte)
	return a.scratch
}

func giveBack(scratch *[scratchSize]byte) { scratches.Put(scratch) }

// serve takes a connection through the rooms in order, on a goroutine of its own.
func (g *Gateway) serve(conn net.Conn, port *listener.Port) {
	a := &arrival{g: g, port: port, from: conn.RemoteAddr().String()}
	_ = conn.SetDeadline(time.Now().Add(port.HandshakeTimeout()))
	a.serve(conn)
}

// serve is given a connection whose deadline is set.
func (a *arrival) serve(conn net.Conn) {
	defer giveBack(a.borrow())
	if !a.secure(conn) {
		conn.Close()
		return
	}
	refusal, served := a.read()
	if served {
		return
	}
	if refusal == nil {
		refusal = a.admit()
	}
	if refusal != nil {
		a.refuse(refusal)
	}
}

// secure takes the TLS handshake, where the port has one.
func (a *arrival) secure(conn net.Conn) bool {
	tcp, ok := conn.(driver.Conn)
	if !ok {
		a.g.log.Error(nil, "Connection does not end in halves", "type", fmt.Sprintf("%T", conn))
		return false
	}
	config := a.port.TLS()
	if config == nil {
		a.conn = tcp
		return true
	}
	secured := tls.Server(driver.NewTransport(tcp), config)
	if err := secured.Handshake(); err != nil {
		a.g.log.V(1).Info("TLS handshake failed", "client", a.from, "reason", err.Error())
		return false
	}
	a.conn = secured
	return true
}

// read reads the request. served says that the connection needs no more.
func (a *arrival) read() (refusal *handshake.Refusal, served bool) {
	first := bytes.NewReader(a.first)
	header, rest, err := handshake.ReadHeader(io.MultiReader(first, a.conn), a.scratch[:], a.port.MaxHeaderBytes())
	if unread := a.first[len(a.first)-first.Len():]; len(unread) > 0 {
		rest = slices.Concat(rest, unread)
	}
	switch {
	case err == nil:
	case errors.Is(err, handshake.ErrTooLarge):
		return handshake.Refuse(handshake.HeaderTooLarge, err.Error()), false
	case errors.Is(err, handshake.ErrSlow):
		return handshake.Refuse(handshake.TooSlow, err.Error()), false
	default:
		a.conn.Close()
		return nil, true
	}
	request, refusal := handshake.Parse(header)
	if refusal != nil {
		if a.g.plain.wants(refusal.Result, header) {
			a.g.plain.take(a.conn, header, rest)
			return nil, true
		}
		return refusal, false
	}
	// The scratch is used again for the answer.
	a.request, a.early = request, bytes.Clone(rest)
	return nil, false
}

// admit finds what serves the request, dials it, answers 101 and lets the
// session go.
func (a *arrival) admit() *handshake.Refusal {
	if refusal := a.decide(); refusal != nil {
		return refusal
	}
	attempt, err := a.attempt()
	if err != nil {
		return a.unreachable(err)
	}
	return a.reach(attempt)
}

// reach goes on where the service is to be reached, which the client's event loop
// does if it can.
func (a *arrival) reach(attempt *upstream.Attempt) *handshake.Refusal {
	if a.resume(attempt) {
		return nil
	}
	return a.dial(attempt)
}

// decide finds what serves the request. Nothing is counted or logged yet.
func (a *arrival) decide() *handshake.Refusal {
	if a.g.sessions.Draining() {
		return draining()
	}
	if refusal := a.choose(); refusal != nil {
		return refusal
	}
	if !a.choice.Policy.Origins.Allow(a.request.Origin, a.scheme(), a.request.Authority) {
		return handshake.Refuse(handshake.Origin, "this origin may not open sessions here: a WebSocketPolicy would have to list it")
	}
	return nil
}

func (a *arrival) attempt() (*upstream.Attempt, error) {
	return a.g.pool.Begin(a.choice.Target, a.choice.Policy.Dial)
}

func draining() *handshake.Refusal {
	return handshake.Refuse(handshake.Draining, "the gateway is stopping; try again")
}

// dial reaches the service before the client is told yes, so that it gets an
// honest status and never a connection that dies at once.
func (a *arrival) dial(attempt *upstream.Attempt) *handshake.Refusal {
	began := time.Now()
	service, err := attempt.Dial(context.Background())
	if err != nil {
		return a.unreachable(err)
	}
	a.g.metrics.Dialled(a.choice.Route, a.choice.Subprotocol, time.Since(began))
	refusal := a.begin(service)
	if refusal != nil {
		service.Release()
		service.Close()
	}
	return refusal
}

func (a *arrival) scheme() string {
	if a.port.TLS() != nil {
		return "wss"
	}
	return "ws"
}

// choose finds the route.
func (a *arrival) choose() (refusal *handshake.Refusal) {
	r := a.request
	place, ok := a.g.table.Load().Lookup(a.listeners(), r.Host, r.Path)
	if !ok {
		return handshake.Refuse(handshake.NoRoute, "nothing is served at this host and path")
	}
	if a.choice, ok = place.Choose(r.Subprotocols); !ok {
		return handshake.Refuse(handshake.NoSubprotocol, offer(r.Subprotocols))
	}
	return nil
}

// listeners are the names of those that may serve the request. Over TLS they
// are the ones that asked of the client what the TLS handshake asked: or else a
// request could name the host of a listener whose demands it never met.
func (a *arrival) listeners() []string {
	if secured, ok := a.conn.(*tls.Conn); ok {
		return a.port.Admits(secured.ConnectionState().ServerName)
	}
	return a.port.Listeners()
}

// offer says what was offered, which are RFC 7230 tokens and safe to show.
func offer(names []string) string {
	if len(names) == 0 {
		return "no subprotocol was offered, and one is needed here"
	}
	const shown = 8
	message := "none of the offered subprotocols is served here:"
	for i, name := range names {
		if i == shown {
			return message + " ..."
		}
		message += " " + name
	}
	return message
}

// unreachable is honest about the service, and names it in the log alone.
func (a *arrival) unreachable(err error) *handshake.Refusal {
	route, subprotocol := a.choice.Route, a.choice.Subprotocol
	a.g.log.Info("Cannot reach the service", "route", route, "subprotocol", subprotocol, "reason", err.Error())
	refusal := unreachable(err)
	a.g.metrics.Unreachable(route, subprotocol, string(refusal.Result))
	return refusal
}

func unreachable(err error) *handshake.Refusal {
	switch {
	case errors.Is(err, upstream.ErrNoEndpoint):
		return handshake.Refuse(handshake.NoEndpoint, "the service has no ready endpoint")
	case errors.Is(err, upstream.ErrTimeout):
		return handshake.Refuse(handshake.BackendTimeout, "the service did not answer in time")
	case errors.Is(err, upstream.ErrHandshake):
		return handshake.Refuse(handshake.BackendRefused, "the TLS handshake with the service failed")
	case errors.Is(err, upstream.ErrRefused):
		return handshake.Refuse(handshake.BackendRefused, "the service cannot be reached")
	}
	// What is left is the gateway's own lack of descriptors, ports or memory.
	return handshake.Refuse(handshake.Limit, "the gateway can open no more connections")
}

// Bounds of a refused connection's end. Closing a socket that still receives
// resets it, and the reset may overtake the answer: so what comes is read and
// thrown away for a while. None of it is taken for a request.
const (
	refuseTime  = 2 * time.Second
	refuseBytes = 256 << 10
)

func (a *arrival) refuse(r *handshake.Refusal) {
	a.g.metrics.Handshake(string(r.Result))
	a.g.access.Refused(a.record(r))
	r.Date = time.Now()
	_ = a.conn.SetDeadline(time.Now().Add(refuseTime))
	defer a.conn.Close()
	if _, err := a.conn.Write(r.Append(a.scratch[:0])); err != nil {
		return
	}
	if a.conn.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, a.conn, refuseBytes)
	}
}

func (a *arrival) record(r *handshake.Refusal) accesslog.Refusal {
	record := accesslog.Refusal{
		Time: time.Now(), Client: a.from,
		Result: string(r.Result), Status: r.Status, Message: r.Message,
	}
	if names := a.port.Listeners(); len(names) == 1 {
		record.Listener = names[0]
	}
	if a.request != nil {
		record.Host, record.Path = a.request.Host, a.request.Path
	}
	return record
}
