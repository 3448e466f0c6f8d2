//go:build linux

package loop

import (
	"bytes"
	"sync/atomic"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/session"
)

// Session is one session of a shard. It is a driver.Session; all else of it is
// the shard's alone.
type Session struct {
	engine session.Session
	owner  driver.Owner
	// shard has the session. home is the one that it has its place in the balance
	// with, and that serves it where enough are in service.
	shard           atomic.Pointer[shard]
	home            *shard
	client, service side
	// visit is nil once the client has a session.
	visit *visit
	// joins are nil once they are adopted, and the session has started.
	joins *joins
	// slot is the session's place in the shard; -1 while it has none.
	slot int32
	// asked is what Close and Cut came to before Start.
	asked session.Action
	// control: control frames wait to be taken.
	control bool
	// sendingControl: what the client has not taken ends with control frames.
	sendingControl bool
	// waiting: it is among those that go on in the next turn.
	waiting bool
	// unwatched: nothing finds out yet whether its service is still there.
	unwatched bool
	// faulted: its engine is not asked any more what the client's bytes mean.
	faulted bool
	// batched: it is in the shard's batch, and nothing else is done to it.
	batched bool
}

// Start is for driver.Session.
func (s *Session) Start(answer, early []byte) {
	s.shard.Load().post(letter{what: start, session: s, answer: bytes.Clone(answer), early: bytes.Clone(early)})
}

// Close is for driver.Session.
func (s *Session) Close(c session.Cause) {
	s.shard.Load().post(letter{what: closeFor, session: s, cause: c})
}

// Cut is for driver.Session.
func (s *Session) Cut(c session.Cause) {
	s.shard.Load().post(letter{what: cut, session: s, cause: c})
}

// Stats is for driver.Session.
func (s *Session) Stats() session.Stats { return s.engine.Stats() }

// other is the side that what x says is for.
func (s *Session) other(x *side) *side {
	if x == &s.client {
		return &s.service
	}
	return &s.client
}

// work has the engine work on buf[r:], which x has sent.
func (s *Session) work(now time.Duration, x *side, buf []byte, r int) (out []byte, next int, do session.Action) {
	if x == &s.client {
		return s.engine.FromClient(now, buf, r)
	}
	return s.engine.FromService(now, buf, r)
}

// waits tells the engine that x has unsent bytes, or that some of them went.
func (s *Session) waits(x *side, now time.Duration) {
	if x == &s.client {
		s.engine.WritingClient(now)
	} else {
		s.engine.WritingService(now)
	}
}

// goesOn tells the engine that x has no unsent bytes any more.
func (s *Session) goesOn(x *side, now time.Duration) {
	if x == &s.client {
		s.engine.WroteClient()
	} else {
		s.engine.WroteService(now)
	}
}

// broken tells the engine that nothing can be sent to x any more.
func (s *Session) broken(x *side, now time.Duration) session.Action {
	if x == &s.client {
		return s.engine.ClientBroken(now)
	}
	return s.engine.ServiceBroken(now)
}
