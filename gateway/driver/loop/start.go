//go:build linux

package loop

import (
	"errors"

	"switchyard.dev/gateway/session"
)

// Which side of a session a token names.
const (
	clientSide = iota
	serviceSide
)

// start sets s going.
func (l *shard) start(s *Session, answer, early []byte) {
	if err := l.enter(s); err != nil {
		s.owner.Fault(err, nil)
		s.asked = s.engine.Abort(l.now, session.Internal)
	}
	if s.asked&session.Done != 0 {
		l.perform(s, s.asked)
		return
	}
	l.arm(s)
	l.give(s, &s.client, answer, s.asked)
	l.takeEarly(s, early)
	l.drive(s)
}

// takeEarly takes what came behind the handshake.
func (l *shard) takeEarly(s *Session, early []byte) {
	for len(early) > 0 && s.engine.Listening() {
		n := copy(l.buf[session.Headroom:], early)
		early = early[n:]
		l.from(s, &s.client, l.buf[:session.Headroom+n])
	}
}

// enter finds a place for s, and asks for the events of its sockets.
func (l *shard) enter(s *Session) error {
	if s.visit != nil { // which a goroutine has found a service for
		l.reclaim(s, s.joins.client.tls)
		s.joins = nil
		return l.sys.watch(int(s.service.fd), s.token(serviceSide))
	}
	l.place(s)
	return errors.Join(
		l.sys.watch(int(s.client.fd), s.token(clientSide)),
		l.sys.watch(int(s.service.fd), s.token(serviceSide)),
	)
}

// place finds a place for s.
func (l *shard) place(s *Session) {
	if n := len(l.free); n > 0 {
		s.slot = l.free[n-1]
		l.free = l.free[:n-1]
	} else {
		if l.buf == nil {
			l.buf = make([]byte, bufferSize)
		}
		s.slot = int32(len(l.slots))
		l.slots = append(l.slots, slot{})
	}
	l.slots[s.slot].session = s
}

// token names a side of s.
func (s *Session) token(side int32) token {
	return token{slot: s.slot<<1 | side, generation: s.shard.Load().slots[s.slot].generation}
}

// leave gives the place back.
func (l *shard) leave(s *Session) {
	if s.slot < 0 {
		return
	}
	l.wheel.Stop(s.slot)
	at := &l.slots[s.slot]
	at.session = nil
	at.generation++
	l.free = append(l.free, s.slot)
	s.slot = -1
}
