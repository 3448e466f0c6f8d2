//go:build linux

package loop

import (
	"runtime/debug"

	"switchyard.dev/gateway/session"
)

// rescue is deferred by work: a panic in the handling of one session ends that
// one and no other.
func (l *shard) rescue() {
	if l.current == nil {
		return // it is no session's: nothing can be relied on any more
	}
	if value := recover(); value != nil {
		l.dropPipe() // another session must not get what this one has left there
		l.fault(l.current, value)
	}
}

// fault tells the client 1011. What it sends is still taken, or its Close frame
// would be lost to a reset. The event that was at fault will not come again, so
// the session goes on in the next turn.
func (l *shard) fault(s *Session, value any) {
	defer l.giveUp(s)
	if s.visit != nil {
		if s.slot < 0 {
			l.hangUp(&s.client) // it has no place to leave yet, or has left already
		}
		s.visit.gate.Fault(value, debug.Stack(), s.visit.from)
		if s.slot >= 0 {
			l.part(s)
		}
		return
	}
	s.owner.Fault(value, debug.Stack())
	if s.faulted {
		l.perform(s, session.Done)
		return
	}
	s.faulted = true
	l.perform(s, s.engine.Close(l.now, session.Internal))
	l.putOff(s)
}

// giveUp is deferred by fault: what is beyond telling anyone ends.
func (l *shard) giveUp(s *Session) {
	if recover() == nil || s.slot < 0 {
		return
	}
	s.client.tls, s.service.tls = nil, nil
	defer func() { _ = recover() }() // the owner's or the caller's, which was told
	if s.visit != nil {
		l.part(s)
		return
	}
	l.finish(s)
}
