//go:build linux

package loop

import (
	"slices"
	"time"

	"switchyard.dev/gateway/driver/wheel"
	"switchyard.dev/gateway/framing"
	"switchyard.dev/gateway/session"
)

// invariants are what must be true between two turns.
func (c *conversation) invariants() {
	s, sim := c.s, c.sim
	if s == nil || c.ends > 0 || s.slot < 0 {
		return
	}
	l := s.shard.Load()
	now := l.now
	if s.engine.End().Cause != session.None && c.bound == 0 {
		c.bound = now + 3*c.cfg.Close + time.Second
	}
	if c.bound > 0 && now > c.bound {
		sim.failf("it lives on at %v, after %v", now, c.bound)
	}
	late := wheel.Tick
	if len(c.clientSocket.left) > 0 {
		late *= 2 // it may have migrated when it was due
	}
	if at := s.engine.Deadline(now); at > 0 && now-at > late {
		sim.failf("it is not asked at %v, but was to be at %v", now, at)
	}
	c.sideInvariants(&s.client, c.clientSocket, s.service.blocked(), s.engine.Listening())
	c.sideInvariants(&s.service, c.serviceSocket, s.client.blocked(), s.engine.Reading() && !s.faulted)
	c.endInvariants(now)
	if s.control && s.client.open() && !s.client.blocked() {
		sim.failf("control frames are forgotten")
	}
	if s.waiting != slices.Contains(l.later, s) {
		sim.failf("waiting: %v", s.waiting)
	}
}

// endInvariants are what must be true while it ends, or should.
func (c *conversation) endInvariants(now time.Duration) {
	s, sim := c.s, c.sim
	cause := s.engine.End().Cause
	for _, x := range []*socket{c.clientSocket, c.serviceSocket} {
		stalled := x.side.blocked() && now-x.moved > c.cfg.Write+c.cfg.Close+time.Second
		if stalled && cause == session.None {
			sim.failf("%d takes nothing since %v", x.fd, x.moved)
		}
	}
	switch cause {
	case session.None, session.ProtocolError, session.InvalidUTF8, session.InvalidMessage, session.MessageTooBig, session.Internal:
		return // what it sends is no frame to us
	}
	read := len(c.clientSocket.in) == 0 && !s.waiting && !s.service.blocked()
	if c.farewell && c.strict.closed && c.faults == 0 && read && s.client.open() && !s.client.blocked() && !s.client.shut {
		sim.failf("both have sent Close, but %d is open", s.client.fd)
	}
}

func (c *conversation) sideInvariants(x *side, s *socket, stopped, wanted bool) {
	sim := c.sim
	if !x.open() {
		if x.blocked() {
			sim.failf("bytes wait for a socket that is closed")
		}
		return
	}
	if tells := len(s.in) > 0 || s.fin || s.reset; tells && wanted && !stopped && !s.queued && !c.s.waiting {
		sim.failf("%d has something to be read, of which nobody will hear", x.fd)
	}
	if !x.blocked() {
		if x.shut && !s.shut {
			sim.failf("%d is not told of the end", x.fd)
		}
		if x.after != 0 {
			sim.failf("%b waits for nothing", x.after)
		}
		return
	}
	if !s.queued && (!s.noSpace || s.out == 0) && !(c.s.waiting && c.s.faulted) {
		sim.failf("nobody will hear that %d takes more", x.fd)
	}
	if n, most := x.unsent.len(), 2*mostRead+session.Headroom+len(c.answer)+c.early+c.held(x); n > most {
		sim.failf("%d bytes are kept for %d", n, x.fd)
	}
}

// held is what a message in fragments may add.
func (c *conversation) held(x *side) int {
	if x == &c.s.service {
		return 100000
	}
	return 0
}

// afterwards is what must be true when all is over.
func (c *conversation) afterwards() {
	sim := c.sim
	if c.s == nil {
		return // it was a visitor, and no more
	}
	if sim.ending && c.ends == 0 && c.s.slot < 0 {
		c.abandon() // its letter came too late
		return
	}
	if c.ends != 1 || c.end.Cause == session.None {
		sim.failf("it ended %d times: %+v", c.ends, c.end)
	}
	if c.s.client.blocked() || c.s.service.blocked() {
		sim.failf("bytes are kept for nobody")
	}
	whole := func(s *socket) bool { return !s.lost && !s.refused && c.faults == 0 }
	if got := uint64(c.strict.got); whole(c.clientSocket) && c.end.Stats.BytesOut != got {
		sim.failf("the client was sent %d bytes of %d", got, c.end.Stats.BytesOut)
	}
	if c.cfg.Framing == framing.Stream && whole(c.serviceSocket) && c.end.Stats.BytesIn != uint64(c.forwarded) {
		sim.failf("the service was sent %d bytes of %d", c.forwarded, c.end.Stats.BytesIn)
	}
	if !c.justified() {
		sim.failf("it ended with %+v", c.end)
	}
	if c.strict.closed && c.strict.reason != "" && c.strict.reason != c.end.Cause.String() {
		sim.failf("Close(%d, %q) for %v", c.strict.code, c.strict.reason, c.end.Cause)
	}
}

// justified tells whether the causes that speak of a side are true of it.
func (c *conversation) justified() bool {
	stalled := func(s *socket) bool { return s.lost && c.ended-s.moved > c.cfg.Write-100*time.Millisecond }
	switch c.end.Cause {
	case session.ClientStalled:
		return stalled(c.clientSocket)
	case session.BackendStalled:
		return stalled(c.serviceSocket)
	case session.BackendEOF:
		return c.serviceSocket.fin
	}
	return true
}

// abandon closes what a shard that has ended was never given.
func (c *conversation) abandon() {
	for _, s := range []*socket{c.clientSocket, c.serviceSocket} {
		c.sim.sockets[s.fd] = nil
	}
	c.s.home.sessions.Add(-1)
}
