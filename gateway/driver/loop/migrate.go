//go:build linux

package loop

import "switchyard.dev/gateway/session"

// newSession is one of home's, and with the shard that serves those now.
func newSession(home *shard) *Session {
	s := &Session{home: home, slot: -1}
	s.shard.Store(home.stand())
	return s
}

// stand is the shard that serves l's sessions: itself while it is in service.
func (l *shard) stand() *shard {
	if l.group == nil {
		return l
	}
	if k := int(l.group.inService.Load()); l.index >= k {
		return l.group.shards[l.index%k]
	}
	return l
}

// migrates hands s over to the shard that is to serve it now, and says whether
// it did. It is asked where something has happened to s, so that idle sessions
// cost nothing; and s goes as it comes: with nothing to be done that only l could.
func (l *shard) migrates(s *Session) bool {
	to := s.home.stand()
	if to == l || to.mail.closed.Load() || !s.mayMigrate() {
		return false
	}
	l.sys.forget(int(s.client.fd))
	l.sys.forget(int(s.service.fd))
	l.leave(s)
	if !to.admit(s) {
		l.arrive(s) // the other has ended meanwhile, as l is about to
		return true
	}
	l.current = nil // it is not l's to look at any more
	return true
}

// mayMigrate: what is unsent may be in a pipe of the shard's, and what is being
// ended need not move.
func (s *Session) mayMigrate() bool {
	return s.client.open() && s.service.open() && !s.client.blocked() && !s.service.blocked() &&
		!s.waiting && !s.batched
}

// admit gives l a session that nobody has, unless l has ended. Who finds l in the
// session from then on finds the session in l's mail.
func (l *shard) admit(s *Session) bool {
	admitted := l.mail.put(letter{what: arrive, session: s}, func() { s.shard.Store(l) })
	if admitted {
		l.rouse()
	}
	return admitted
}

// arrive goes on with s. What can be read tells of itself once more, but for
// what crypto/tls has read already.
func (l *shard) arrive(s *Session) {
	l.now = max(l.now, l.sys.now()) // it must not be earlier than where s was
	if err := l.enter(s); err != nil {
		s.owner.Fault(err, nil)
		l.perform(s, s.engine.Abort(l.now, session.Internal))
		return
	}
	l.arm(s)
	l.drive(s)
}
