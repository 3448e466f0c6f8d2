package gateway

import (
	"fmt"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/handshake"
	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/route"
	"switchyard.dev/gateway/session"
	"switchyard.dev/gateway/upstream"
)

// live is a session while it lives: what is known of it, and what drives it.
type live struct {
	g       *Gateway
	info    registry.Info
	service *upstream.Conn
	driver  *driver.Session
}

// begin answers 101 and starts the session, which owns both connections from
// then on.
func (a *arrival) begin(choice *route.Choice, service *upstream.Conn) *handshake.Refusal {
	s := &live{g: a.g, info: a.info(choice, service), service: service}
	s.driver = driver.New(driver.Options{
		Client: a.conn, Service: service.Stream, Config: &choice.Session, Owner: s,
	})
	if !a.g.sessions.Add(s) {
		return handshake.Refuse(handshake.Draining, "the gateway is stopping; try again")
	}
	a.g.metrics.Started(&s.info)
	a.g.metrics.Handshake(string(handshake.OK))
	// A client that takes no answer is found out by the session.
	_ = a.conn.SetDeadline(time.Now().Add(a.port.HandshakeTimeout()))
	_, err := a.conn.Write(a.request.AppendAccept(a.scratch[:0], choice.Subprotocol))
	_ = a.conn.SetDeadline(time.Time{})
	if err != nil {
		s.driver.Cut(session.ClientGone)
	}
	s.driver.Start(a.early)
	return nil
}

func (a *arrival) info(choice *route.Choice, service *upstream.Conn) registry.Info {
	return registry.Info{
		ID: a.g.sessions.NewID(), Listener: choice.Listener, Route: choice.Route,
		Service: service.Service(), Endpoint: service.Endpoint(), Subprotocol: choice.Subprotocol,
		Client: a.conn.RemoteAddr().String(),
		Host:   a.request.Host, Path: a.request.Path, Origin: a.request.Origin,
		Started: time.Now(),
	}
}

// Info is for registry.Live, as are Stats, Close and Cut.
func (s *live) Info() *registry.Info { return &s.info }

func (s *live) Stats() session.Stats  { return s.driver.Stats() }
func (s *live) Close(c session.Cause) { s.driver.Close(c) }
func (s *live) Cut(c session.Cause)   { s.driver.Cut(c) }

// Ended is for driver.Owner: the one place where a session leaves every book.
func (s *live) Ended(end session.End) {
	now := time.Now()
	s.service.Release()
	s.g.metrics.Ended(&s.info, end, now)
	s.g.access.Session(&s.info, end, now)
	// Last: a drain waits for this, and a scrape must find it until it is counted.
	s.g.sessions.Remove(s)
}

// Fault is for driver.Owner: one session's fault never harms another.
func (s *live) Fault(value any, stack []byte) {
	s.g.log.Error(fmt.Errorf("panic: %v", value), "Session fault", "session", s.info.ID, "route", s.info.Route, "stack", string(stack))
}
