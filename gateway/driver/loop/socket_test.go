//go:build linux

package loop

import (
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// socket is one of TCP, as Linux has it.
type socket struct {
	w       *world
	fd      int
	session *Session
	side    *side
	peer    *endpoint
	token   token
	// desk has the socket's events, unless it is nil; queued: one waits to be taken.
	desk   *desk
	queued bool
	// left are the desks that had them before.
	left []*desk
	// watchFailed: they could not be watched.
	watchFailed bool
	// connecting: nothing is known of the peer.
	connecting bool

	// in is what has come and was not read; fin ends it.
	in  []byte
	fin bool
	// reset: the peer has; why is what the first call is told of it, and errno
	// that until then.
	reset bool
	errno syscall.Errno
	why   syscall.Errno

	// out is how many bytes the peer has not taken, of room.
	out, room int
	// noSpace: a send did not get all it wanted, and an event is owed.
	noSpace bool
	shut    bool
	// sent are the bytes that were taken of sends, in all, and moved when the
	// last of them were.
	sent  int
	moved time.Duration
	// refused: a send has failed. lost: the session closed it with bytes unsent.
	refused, lost bool
	// cursed: a call panics now and then; faults: so many will.
	cursed bool
	faults int
}

// other is the session's other side.
func (s *socket) other() *side {
	if s.side == &s.session.client {
		return &s.session.service
	}
	return &s.session.client
}

// isOf says whose socket it is.
func (s *socket) isOf(owner *Session) {
	s.session, s.side = owner, &owner.client
	if s.fd == int(owner.service.fd) {
		s.side = &owner.service
	}
}

type injected struct{}

// misfortune stands for any fault in the handling of one session.
func (s *socket) misfortune() {
	if !s.w.spared && (s.faults > 0 || s.cursed && s.w.oneIn(10)) {
		s.faults--
		s.w.notef("fault at %d", s.fd)
		panic(injected{})
	}
}

// wake makes the socket's state an event, once however often it is called.
func (s *socket) wake() {
	if s.desk != nil && !s.queued && s.w.sockets[s.fd] == s {
		s.queued = true
		s.desk.ready = append(s.desk.ready, s)
	}
}

// unready takes back the event that waits for s.
func (s *socket) unready() {
	s.queued = false
	if s.desk == nil {
		return
	}
	if i := slices.Index(s.desk.ready, s); i >= 0 {
		s.desk.ready = slices.Delete(s.desk.ready, i, i+1)
	}
}

// writable is tcp(7)'s: a third of the buffer must be free.
func (s *socket) writable() bool { return s.room-s.out >= (s.room+2)/3 }

// mask is what poll would say.
func (s *socket) mask() (m uint32) {
	if s.connecting {
		return 0
	}
	if len(s.in) > 0 || s.fin || s.reset {
		m |= unix.EPOLLIN
	}
	if s.fin || s.reset {
		m |= unix.EPOLLRDHUP
	}
	if s.shut || s.reset || s.writable() {
		m |= unix.EPOLLOUT
	}
	if s.reset || s.fin && s.shut {
		m |= unix.EPOLLHUP
	}
	if s.errno != 0 {
		m |= unix.EPOLLERR
	}
	return m
}

// recv fills p as far as it can: on Linux a short read has emptied the socket.
func (s *socket) recv(p []byte) (int, syscall.Errno) {
	switch {
	case len(s.in) > 0:
		n := copy(p, s.in)
		s.in = s.in[n:]
		s.peer.plan()
		return n, 0
	case s.fin:
		return 0, 0
	case s.errno != 0:
		return 0, s.takeError()
	case s.reset:
		return 0, 0
	}
	return 0, unix.EAGAIN
}

// takeError tells of an error once.
func (s *socket) takeError() syscall.Errno {
	errno := s.errno
	s.errno = 0
	return errno
}

func (s *socket) send(p []byte) (int, syscall.Errno) {
	switch {
	case s.reset:
		s.refused = true
		if s.errno != 0 {
			return 0, s.takeError()
		}
		return 0, unix.EPIPE
	case s.out >= s.room:
		if !s.side.blocked() {
			s.moved = s.w.clock
		}
		s.noSpace = true
		return 0, unix.EAGAIN
	}
	n := min(len(p), s.room-s.out)
	if s.w.oneIn(10) {
		n = 1 + s.w.IntN(n)
	}
	s.noSpace = n < len(p)
	s.out += n
	s.sent += n
	s.moved = s.w.clock
	s.peer.check(p[:n])
	s.peer.plan()
	return n, 0
}

// arrive is the peer's bytes.
func (s *socket) arrive(p []byte) {
	if len(p) > 0 && !s.reset {
		s.in = append(s.in, p...)
		s.wake()
	}
}

func (s *socket) arriveFIN() {
	if !s.reset {
		s.fin = true
		s.wake()
	}
}

// arriveReset is the peer's RST: what has come may be read, what was sent is
// gone.
func (s *socket) arriveReset() {
	if s.reset {
		return
	}
	s.reset, s.errno = true, unix.ECONNRESET
	if s.fin {
		s.errno = unix.EPIPE
	}
	s.why = s.errno
	s.out, s.noSpace = 0, false
	s.wake()
}

// drain is n bytes that the peer has taken. The event is for those who were
// refused, and waits until there is something to be had.
func (s *socket) drain(n int) {
	s.out -= n
	if s.noSpace && s.writable() {
		s.noSpace = false
		s.wake()
	}
}

func (s *socket) closed() {
	s.lost = s.lost || s.side.blocked()
	s.peer.seeClose()
}
