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
		l.fault(l.current, value)
	}
}

// fault tells the client 1011. What it sends is still taken, or its Close frame
// would be lost to a reset.
func (l *shard) fault(s *Session, value any) {
	if s.visit != nil {
		s.visit.gate.Fault(value, debug.Stack(), s.visit.from)
		l.part(s)
		return
	}
	s.owner.Fault(value, debug.Stack())
	defer func() {
		if recover() != nil && s.slot >= 0 {
			l.finish(s) // the engine is beyond telling anyone
		}
	}()
	if s.faulted {
		l.perform(s, session.Done)
		return
	}
	s.faulted = true
	l.perform(s, s.engine.Close(l.now, session.Internal))
}
