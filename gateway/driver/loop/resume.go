//go:build linux

package loop

import (
	"crypto/tls"

	"switchyard.dev/gateway/driver"
)

// Drives says whether Resume can take a connection.
func Drives(c driver.Conn) bool { return beneath(c).custody != nil }

// Resume brings back a client that was given to Detour or Failed, with TLS on it
// if need be, now that it has a caller. Nobody may use conn from then on.
func Resume(conn driver.Conn, caller Caller) {
	s := beneath(conn).custody.s
	s.shard.Load().post(letter{what: resume, session: s, conn: conn, caller: caller})
}

// resume begins to connect to the service of a client that has come back.
func (l *shard) resume(s *Session, conn driver.Conn, caller Caller) {
	if s.slot < 0 { // a fault has ended it
		caller.Gone()
		return
	}
	s.visit.conn, s.visit.caller = conn, caller
	l.connect(s)
}

// dropVisit ends a visit whose goroutine has closed the client.
func (l *shard) dropVisit(s *Session) {
	if s.visit != nil && s.slot >= 0 {
		l.part(s)
	}
}

// reclaim ends the visit of a client that gets a session, with what a goroutine
// knows of its socket. secured is nil for plain TCP.
func (l *shard) reclaim(s *Session, secured *tls.Conn) {
	k := s.visit.custody
	s.visit = nil
	if k == nil {
		return
	}
	k.revoke()
	x := &s.client
	x.empty, x.ended = !k.in.ready, k.ended
	// crypto/tls may have read more than it was asked for.
	x.readable = !x.empty || secured != nil
	x.secure(s, secured)
}
