package session

import "time"

// clock is what the session knows of time. Zero is never.
type clock struct {
	// heard: the last byte from the client; data: the last data either way.
	heard, data time.Duration
	// pinged: when a ping was written that is not answered. pinging: it is not
	// known to be written yet.
	pinged  time.Duration
	pinging bool
	// toClient and toService: since when a write has been going on.
	toClient, toService time.Duration
	// deadline ends the phase that the session is in.
	deadline time.Duration
}

// hear takes any sign of the client.
func (s *Session) hear(now time.Duration) {
	s.clock.heard, s.clock.pinged, s.clock.pinging = now, 0, false
	s.ctl.pingDue = false
}

// pingWritten starts the wait for the answer. A ping behind a slow write is not
// waited for: the client cannot answer what it has not got.
func (s *Session) pingWritten(now time.Duration) Action {
	if !s.clock.pinging || s.ctl.pingDue {
		return 0
	}
	s.clock.pinged, s.clock.pinging = now, false
	return Rearm
}

// WritingClient says that a write to the client begins; WroteClient, that it
// ended.
func (s *Session) WritingClient(now time.Duration) { s.clock.toClient = now }

// WroteClient says that the write to the client has ended.
func (s *Session) WroteClient() { s.clock.toClient = 0 }

// WritingService says that a write to the service begins. Until it ends the
// client is not listened to, so its silence proves nothing.
func (s *Session) WritingService(now time.Duration) { s.clock.toService = now }

// WroteService says that the write to the service has ended.
func (s *Session) WroteService(now time.Duration) {
	s.clock.toService = 0
	s.hear(now)
}

// Tick lets the session act on the time. It must be called at Deadline, and
// may be at any other time.
func (s *Session) Tick(now time.Duration) Action {
	c, cfg := &s.clock, s.cfg
	switch {
	case s.end.done:
	case c.deadline > 0:
		if now >= c.deadline {
			s.expire(now)
		}
	case due(c.toClient, cfg.Write, now):
		s.fail(now, ClientStalled, "the client took nothing for the write timeout")
	case due(c.toService, cfg.Write, now):
		s.fail(now, BackendStalled, "the service took nothing for the write timeout")
	case due(c.data, cfg.Idle, now):
		s.fail(now, Idle, "no data for the idle timeout")
	default:
		s.keepalive(now)
	}
	return s.settle(now) | Rearm
}

func due(since, after, now time.Duration) bool {
	return since > 0 && after > 0 && now-since >= after
}

func (s *Session) keepalive(now time.Duration) {
	c, cfg := &s.clock, s.cfg
	switch {
	case cfg.Ping <= 0:
	case c.toService > 0:
		s.hear(now)
	case c.pinged > 0:
		if due(c.pinged, cfg.Pong, now) {
			s.fail(now, PingTimeout, "the client was silent after a ping")
		}
	case c.pinging:
	case due(c.heard, cfg.Ping, now):
		c.pinging, s.ctl.pingDue = true, true
	}
}

// Deadline is when Tick must be called next; zero is never.
func (s *Session) Deadline(now time.Duration) time.Duration {
	c, cfg := &s.clock, s.cfg
	if s.end.done {
		return 0
	}
	if c.deadline > 0 {
		return c.deadline
	}
	var at time.Duration
	earliest := func(since, after time.Duration) {
		if since > 0 && after > 0 && (at == 0 || since+after < at) {
			at = since + after
		}
	}
	if c.pinging || c.pinged > 0 {
		earliest(c.pinged, cfg.Pong)
	} else {
		earliest(c.heard, cfg.Ping)
	}
	earliest(c.data, cfg.Idle)
	earliest(c.toClient, cfg.Write)
	earliest(c.toService, cfg.Write)
	// A write that begins after this call must not go unseen, nor the client's
	// silence behind an answer to the ping.
	earliest(now, cfg.Write)
	earliest(now, cfg.Ping)
	return at
}
