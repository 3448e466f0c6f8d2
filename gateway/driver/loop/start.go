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
}

// takeEarly takes what came behind the handshake.
func (l *shard) takeEarly(s *Session, early []byte) {
	for len(early) > 0 && s.engine.Listening() {
		n := copy(l.buf[session.Headroom:], early)
		early = early[n:]
		l.fromClient(s, l.buf[:session.Headroom+n])
	}
}

// enter finds a place for s, and asks for the events of its sockets.
func (l *shard) enter(s *Session) error {
	if n := len(l.free); n > 0 {
		s.slot = l.free[n-1]
		l.free = l.free[:n-1]
	} else {
		s.slot = int32(len(l.slots))
		l.slots = append(l.slots, slot{})
	}
	at := &l.slots[s.slot]
	at.session = s
	return errors.Join(
		l.sys.watch(int(s.client.fd), token{s.slot<<1 | clientSide, at.generation}),
		l.sys.watch(int(s.service.fd), token{s.slot<<1 | serviceSide, at.generation}),
	)
}

// leave gives the place back.
func (l *shard) leave(s *Session) {
	l.wheel.Stop(s.slot)
	at := &l.slots[s.slot]
	at.session = nil
	at.generation++
	l.free = append(l.free, s.slot)
	s.slot = -1
}
