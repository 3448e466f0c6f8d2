package gateway

import (
	"fmt"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/handshake"
	"switchyard.dev/gateway/metrics"
	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/route"
	"switchyard.dev/gateway/session"
	"switchyard.dev/gateway/upstream"
)

// live is a session while it lives: what is known of it, and what drives it.
// Thousands are idle at any time, so what it has in common with others it points
// to.
type live struct {
	registry.Entry
	metrics.Session
	g      *Gateway
	choice *route.Choice
	lease  upstream.Lease
	driver driver.Session
	// began is since the gateway began.
	began time.Duration
	said  said
}

// begin answers 101 and starts the session, which owns both connections from
// then on.
func (a *arrival) begin(service *upstream.Conn) *handshake.Refusal {
	s := a.live(service.Lease)
	s.driver = a.g.drivers.new(driver.Options{
		Client: a.conn, Service: service.Stream, Config: &a.choice.Session, Owner: s,
	})
	if !a.g.sessions.Add(s) {
		return draining()
	}
	if err := s.driver.Adopt(); err != nil {
		a.g.sessions.Remove(s)
		a.g.log.Error(err, "Cannot begin a session", "route", a.choice.Route)
		return handshake.Refuse(handshake.Limit, "the gateway can open no more connections")
	}
	s.count()
	s.driver.Start(a.answer(a.scratch[:0]), a.early)
	return nil
}

// answer appends the 101.
func (a *arrival) answer(room []byte) []byte {
	return a.request.AppendAccept(room, a.choice.Subprotocol)
}

func (a *arrival) live(lease upstream.Lease) *live {
	return &live{
		g: a.g, choice: a.choice, lease: lease,
		began: time.Since(a.g.began), said: saidBy(a.from, a.request),
	}
}

// count tells the metrics of a session that begins.
func (s *live) count() {
	s.g.metrics.Started(&s.Session, s.choice.Route, s.choice.Subprotocol)
	s.g.metrics.Handshake(string(handshake.OK))
}

// Info is for registry.Live, as are Stats, Close and Cut.
func (s *live) Info() registry.Info {
	client, host, path, origin := s.said.parts()
	return registry.Info{
		ID: s.ID(), Listener: s.choice.Listener, Route: s.choice.Route,
		Service: s.lease.Service(), Endpoint: s.lease.Endpoint(), Subprotocol: s.choice.Subprotocol,
		Client: client, Host: host, Path: path, Origin: origin,
		Started: s.started(),
	}
}

// started is by the clock as it is set now: many a node sets its clock only
// after the gateway began.
func (s *live) started() time.Time {
	now := time.Now()
	return now.Add(s.began - now.Sub(s.g.began))
}

func (s *live) Stats() session.Stats  { return s.driver.Stats() }
func (s *live) Close(c session.Cause) { s.driver.Close(c) }
func (s *live) Cut(c session.Cause)   { s.driver.Cut(c) }

// Ended is for driver.Owner: the one place where a session leaves every book.
func (s *live) Ended(end session.End) {
	now, info := time.Now(), s.Info()
	s.lease.Release()
	s.g.metrics.Ended(&s.Session, end, now.Sub(info.Started))
	s.g.access.Session(&info, end, now)
	// Last: a drain waits for this, and a scrape must find it until it is counted.
	s.g.sessions.Remove(s)
}

// Fault is for driver.Owner: one session's fault never harms another.
func (s *live) Fault(value any, stack []byte) {
	s.g.log.Error(fmt.Errorf("panic: %v", value), "Session fault", "session", s.ID(), "route", s.choice.Route, "stack", string(stack))
}

// counted yields the live sessions, for metrics.
func (g *Gateway) counted(yield func(metrics.Live) bool) {
	g.sessions.Each(func(s registry.Live) bool { return yield(s.(*live)) })
}
