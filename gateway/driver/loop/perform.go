//go:build linux

package loop

import "switchyard.dev/gateway/session"

// perform does what the engine asks for.
func (l *shard) perform(s *Session, do session.Action) {
	if do == 0 || s.slot < 0 {
		return
	}
	if do&session.Done != 0 {
		l.finish(s)
		return
	}
	if do&session.Rearm != 0 {
		l.arm(s)
	}
	if do&session.ShutService != 0 {
		l.shutdown(&s.service)
	}
	if do&session.CloseService != 0 {
		l.close(s, &s.service)
	}
	if do&session.ControlFrames != 0 {
		s.control = true
		l.sendControl(s)
	}
	if do&session.ShutClient != 0 {
		l.shutdown(&s.client)
	}
	if do&session.CloseClient != 0 {
		l.close(s, &s.client)
	}
}

// close closes x. A send that goes on there has failed then.
func (l *shard) close(s *Session, x *side) {
	if !l.hangUp(x) {
		return
	}
	s.goesOn(x, l.now)
	do := x.after | s.broken(x, l.now)
	x.after = 0
	l.perform(s, do)
}

// sendControl sends the control frames that wait, unless the client has not
// taken what came before: flush does it then.
func (l *shard) sendControl(s *Session) {
	if s.client.blocked() {
		return
	}
	s.control = false
	var room [session.MaxControl]byte
	frames := s.engine.TakeControl(room[:0])
	if len(frames) == 0 {
		return
	}
	switch err := l.send(s, &s.client, frames); {
	case err != nil:
		l.perform(s, s.engine.ClientBroken(l.now))
	case s.client.blocked():
		s.sendingControl = true
	default:
		l.perform(s, l.controlWritten(s))
	}
}

// finish ends the session: nothing is told of it any more. It may be called again
// where a fault came between.
func (l *shard) finish(s *Session) {
	l.hangUp(&s.client)
	l.hangUp(&s.service)
	l.leave(s)
	s.home.sessions.Add(-1)
	s.owner.Ended(s.engine.End())
}
