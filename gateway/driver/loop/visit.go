//go:build linux

package loop

import (
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// firstBytes is how much of a client is read before it is greeted: more than
// any browser sends without cookies. Others take the detour.
const firstBytes = 8 << 10

// receive takes in a client that was accepted, or gives it to a shard that has
// far less to do.
func (l *shard) receive(gate Gate, fd int32, from netip.AddrPort) {
	s := newSession(l.relief())
	s.visit = &visit{gate: gate, from: from}
	s.client.fd, s.service.fd = fd, -1
	s.home.sessions.Add(1)
	if to := s.shard.Load(); to != l {
		to.post(letter{what: takeIn, session: s})
		return
	}
	l.takeIn(s)
}

// imbalance is by how many sessions shards may differ, beside an eighth.
const imbalance = 16

// relief is the home for the next client: this shard, unless another has far less
// to do. The kernel lets the first one that waits accept, which may be the same
// for ever. Where not all are in service it does not matter which of them accepts.
func (l *shard) relief() *shard {
	switch {
	case l.group == nil:
		return l
	case !l.group.allServe():
		return l.group.fewest()
	}
	own := l.sessions.Load()
	if other := l.group.fewest(); other.sessions.Load() < own-own/8-imbalance {
		return other
	}
	return l
}

// takeIn waits for the client's first word.
func (l *shard) takeIn(s *Session) {
	l.current = s
	l.place(s)
	if err := l.sys.watch(int(s.client.fd), s.token(clientSide)); err != nil {
		l.part(s)
		return
	}
	s.visit.until = l.now + s.visit.gate.Patience()
	l.wheel.Set(s.slot, s.visit.until)
}

// attend goes on with a client that has no session yet, after an event at x.
func (l *shard) attend(s *Session, x *side, events uint32) {
	switch {
	case x == &s.client && s.visit.custody != nil:
		s.visit.custody.notice(events)
	case !x.open(): // it was closed in this very turn
	case s.visit.caller == nil:
		if s.client.readable {
			l.greet(s)
		}
	case s.service.ended:
		l.reach(s)
	case s.service.writable:
		l.begin(s)
	}
}

// reach goes on where the service's connection has failed, or was there and has
// ended already: then what it has said is still due.
func (l *shard) reach(s *Session) {
	if err := l.sys.failure(int(s.service.fd)); err != nil {
		l.unreachable(s, err)
		return
	}
	l.begin(s)
}

// greet reads the client's first bytes, unless that is for a goroutine to do.
func (l *shard) greet(s *Session) {
	gate := s.visit.gate
	if !gate.Greets() {
		l.detour(s, nil)
		return
	}
	n, err := l.recv(&s.client, l.buf[:firstBytes])
	s.client.readable = !s.client.empty
	switch {
	case err == unix.EAGAIN:
	case err != nil || n == 0:
		l.part(s)
	default:
		first := l.buf[:n]
		if s.visit.caller = gate.Greet(s.visit.from, first); s.visit.caller == nil {
			l.detour(s, first)
			return
		}
		l.connect(s)
	}
}

// detour gives the client to a goroutine, for what is left of the gate's patience.
func (l *shard) detour(s *Session, first []byte) {
	conn := l.detain(s)
	conn.allow(s.visit.until - l.now)
	s.visit.gate.Detour(conn, first)
}

// connect begins to connect to the service.
func (l *shard) connect(s *Session) {
	address, bound := s.visit.caller.Service()
	fd, errno := l.sys.connect(address)
	if errno != 0 {
		l.unreachable(s, errno)
		return
	}
	s.service.fd = int32(fd)
	if err := l.sys.watch(fd, s.token(serviceSide)); err != nil {
		l.unreachable(s, err)
		return
	}
	l.wheel.Set(s.slot, l.now+bound)
}

// unreachable gives the client back to its caller.
func (l *shard) unreachable(s *Session, err error) {
	l.hangUp(&s.service)
	s.service = side{fd: -1}
	caller, conn := s.visit.caller, s.visit.conn
	s.visit.caller, s.visit.conn = nil, nil
	if conn == nil {
		conn = l.detain(s)
	}
	l.wheel.Stop(s.slot)
	caller.Failed(conn, err)
}

// begin makes the client's session, now that its service is there.
func (l *shard) begin(s *Session) {
	b, err := s.visit.caller.Connected(s, l.buf[:0])
	if err != nil {
		l.unreachable(s, err)
		return
	}
	s.owner, s.unwatched = b.Owner, true
	s.engine.Init(b.Config, l.now)
	l.reclaim(s, beneath(s.visit.conn).tls)
	l.arm(s)
	l.give(s, &s.client, b.Answer, 0)
	l.takeEarly(s, b.Early)
	l.drive(s)
}

// overdue ends a visit that has taken too long.
func (l *shard) overdue(s *Session) {
	if s.visit.caller != nil {
		l.unreachable(s, os.ErrDeadlineExceeded)
		return
	}
	// Load balancers and scanners connect and say nothing: no answer is due.
	l.part(s)
}

// part ends a visit without a word to the client. A fault of its caller comes
// too late to matter.
func (l *shard) part(s *Session) {
	if s.visit.custody != nil {
		s.visit.custody.revoke()
	}
	l.leave(s)
	l.hangUp(&s.client)
	l.hangUp(&s.service)
	s.home.sessions.Add(-1)
	if s.visit.caller != nil {
		s.visit.caller.Gone()
	}
}
