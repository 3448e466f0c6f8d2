//go:build linux

package loop

import (
	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/session"
)

// turnBytes is how much one session may read of each side in one turn, where the
// last piece may be as large as any; what is left waits until the others had
// theirs.
const turnBytes = 512 << 10

// drive moves what can be moved between the two sides of s, unless that is put
// off already.
func (l *shard) drive(s *Session) {
	if s.slot < 0 || s.waiting || s.visit != nil {
		return
	}
	l.readClient(s)
	l.readService(s)
	// What the service has said may have let the client go on, as its end does
	// where the client waited for it.
	l.putOffRest(s)
}

// putOffRest puts off whatever of s is still to be read.
func (l *shard) putOffRest(s *Session) {
	if s.hearsClient() || s.hearsService() {
		l.putOff(s)
	}
}

// hearsClient says that the client is to be read now.
func (s *Session) hearsClient() bool {
	return s.client.readable && !s.service.blocked() && s.engine.Listening()
}

// hearsService says that the service is to be read now.
func (s *Session) hearsService() bool {
	return s.service.readable && !s.client.blocked() && s.engine.Reading() && !s.faulted
}

// hears says that x is to be read now.
func (s *Session) hears(x *side) bool {
	if x == &s.client {
		return s.hearsClient()
	}
	return s.hearsService()
}

// putOff lets s go on in the next turn.
func (l *shard) putOff(s *Session) {
	if !s.waiting && s.slot >= 0 {
		s.waiting = true
		l.later = append(l.later, s)
	}
}

// readClient reads what the client has sent, but not more than is good for the
// others.
func (l *shard) readClient(s *Session) {
	x := &s.client
	for left := turnBytes; left > 0 && s.hearsClient(); {
		n, err := l.read(x, l.roomFor(&s.service))
		switch {
		case n > 0 && s.faulted:
		case n > 0:
			l.from(s, x, l.buf[:session.Headroom+n])
			s.service.took(n)
		case err == unix.EAGAIN:
			return
		default:
			l.end(s, x, err)
			return
		}
		left -= n
	}
}

// from takes what was read from x, behind a headroom.
func (l *shard) from(s *Session, x *side, buf []byte) {
	x.noteSize(len(buf) - session.Headroom)
	l.fromRest(s, x, buf, session.Headroom)
}

// fromRest takes buf[r:] of what was read from x.
func (l *shard) fromRest(s *Session, x *side, buf []byte, r int) {
	for r < len(buf) {
		var out []byte
		var do session.Action
		out, r, do = s.work(l.now, x, buf, r)
		l.give(s, s.other(x), out, do)
	}
}

// give sends out to x, and does what the engine asks for after that.
func (l *shard) give(s *Session, x *side, out []byte, do session.Action) {
	if len(out) > 0 && l.send(s, x, out) != nil {
		do |= s.broken(x, l.now)
	}
	l.perform(s, s.behind(x, do))
}

// behind keeps for later what must not be done before x has taken all it was
// given, and returns the rest: what is for the other side need not wait, or a
// client would not be told of its own error while its service reads nothing.
func (s *Session) behind(x *side, do session.Action) session.Action {
	if !x.blocked() {
		return do
	}
	wait := session.Done | session.ShutClient | session.CloseClient
	if x == &s.service {
		wait = session.Done | session.ShutService | session.CloseService
	}
	x.after |= do & wait
	return do &^ wait
}

// controlWritten tells the engine so. That may be the end of the client's side,
// but the service is still to be given what the client had said.
func (l *shard) controlWritten(s *Session) session.Action {
	do := s.engine.ControlWritten(l.now)
	if s.service.after != 0 {
		do = s.behind(&s.service, do)
	}
	return do
}

// readService reads what the service has sent, but not more than is good for
// the others.
func (l *shard) readService(s *Session) {
	x := &s.service
	for left := turnBytes; left > 0 && s.hearsService(); {
		if s.passes() {
			left -= l.pass(s)
			continue
		}
		n, err := l.read(x, l.roomForService(s))
		x.streams = n >= leastPass
		switch {
		case n > 0:
			l.from(s, x, l.buf[:session.Headroom+n])
			s.client.took(n)
		case err == unix.EAGAIN:
			return
		default:
			l.end(s, x, err)
			return
		}
		left -= n
	}
}

// end tells the engine that there is nothing more to read from x: of a failure
// if err is one.
func (l *shard) end(s *Session, x *side, err error) {
	x.readable = false
	switch {
	case x == &s.client:
		l.perform(s, s.engine.ClientEnded(l.now))
	case err != nil:
		l.perform(s, s.engine.ServiceFailed(l.now, err.Error()))
	default:
		l.perform(s, s.engine.ServiceEOF(l.now))
	}
}

// flush sends what is unsent; once all is gone, what waited for that is done.
func (l *shard) flush(s *Session, x *side) {
	gone, err := l.sendRest(s, x)
	var do session.Action
	switch {
	case err != nil:
		do = s.broken(x, l.now)
	case !gone:
		return
	}
	l.forget(x)
	s.goesOn(x, l.now)
	if x.shut {
		l.sys.shut(int(x.fd))
	}
	if x == &s.client && s.sendingControl {
		s.sendingControl = false
		if err == nil {
			do |= l.controlWritten(s)
		}
	}
	do |= x.after
	x.after = 0
	if s.control {
		do |= session.ControlFrames
	}
	l.perform(s, do)
}
