//go:build linux

package loop

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver/wheel"
	"switchyard.dev/gateway/internal/footprint"
	"switchyard.dev/gateway/session"
)

const (
	// maxEvents are taken in one turn.
	maxEvents = 512
	// maxWait bounds a wait, so that what is given to a shard that sleeps deeply
	// is at worst late.
	maxWait = time.Minute
)

// shard owns sessions. All but its mail and its count is for its own goroutine.
type shard struct {
	// buf is what sessions are read into. It comes with the first of them: a
	// memory limit (GOMEMLIMIT) counts it, used or not, and most shards of a large
	// machine rest. So large a one begins with a page, and its pieces with a cache
	// line, where the kernel copies them faster.
	buf []byte
	// group is nil for one that is alone; index is its place there.
	group *Group
	index int
	sys   system
	mail  mailbox
	// sessions is how many have their home here and have not ended.
	sessions atomic.Int64

	// now is the time of this turn, and more than zero.
	now    time.Duration
	events [maxEvents]unix.EpollEvent
	// loan is where TLS is read, and sealed where records of it are put together:
	// no more than what buf has room for comes to.
	loan   footprint.Loan
	sealed []byte
	slots  []slot
	free   []int32
	wheel  wheel.Wheel
	doors  []*doorway
	pipes  pipes
	// paused is how many of doors are.
	paused int
	// rests: it is out of service, and accepts nobody.
	rests bool
	scales

	// What is left to do in this turn.
	pending []unix.EpollEvent
	letters []letter
	going   []*Session
	// later are those that go on in the next turn; room is for those of the turn
	// after it.
	later, room []*Session
	// current is whose turn it is.
	current *Session
	batch   batch
	ending  bool
}

// slot is a place for a session. Its generation tells the session of an event
// from one that had the place before.
type slot struct {
	session    *Session
	generation int32
}

func newShard(sys system) *shard { return &shard{sys: sys, now: 1} }

// run works until a letter says end.
func (l *shard) run() {
	for !l.ending {
		l.turn()
	}
	l.closePipes()
	l.sys.end()
}

// turn is one round: what has happened, what is left of the last turn, what
// others want, what is due.
func (l *shard) turn() {
	n := l.wait()
	l.now = max(l.sys.now(), l.now)
	l.pending = l.events[:n]
	went := l.later
	l.going, l.later = went, l.room
	if l.mail.full.Load() {
		l.letters = l.mail.take()
	}
	for !l.work() {
		// One session's fault; the others' work is still to be done.
	}
	l.current = nil
	clear(went)
	l.room = went[:0]
	l.letters = nil
	if l.group != nil && l.now >= l.next {
		l.weigh()
	}
}

// wait waits for something to do.
func (l *shard) wait() int {
	if len(l.later) > 0 {
		return l.sys.wait(l.events[:], 0)
	}
	l.mail.asleep.Store(true)
	d := l.untilDue()
	if l.mail.full.Load() {
		d = 0
	}
	n := l.sys.wait(l.events[:], d)
	l.mail.asleep.Store(false)
	return n
}

func (l *shard) untilDue() time.Duration {
	d := maxWait
	if at, ok := l.wheel.Next(); ok {
		d = min(max(at-l.sys.now(), 0), d)
	}
	if l.paused > 0 {
		d = min(d, l.untilReopen())
	}
	return d
}

// work does what there is to do in this turn. done is false where a fault of
// one session came between.
func (l *shard) work() (done bool) {
	defer l.rescue()
	l.exchange()
	for len(l.pending) > 0 {
		e := &l.pending[0]
		if l.waitsFor(e) {
			l.exchange()
		}
		l.pending = l.pending[1:]
		l.event(e)
	}
	l.exchange()
	for len(l.going) > 0 {
		s := l.going[0]
		l.going = l.going[1:]
		l.goOn(s)
	}
	for len(l.letters) > 0 {
		m := &l.letters[0]
		l.letters = l.letters[1:]
		l.open(m)
	}
	l.wheel.Advance(l.now, l.due)
	if l.paused > 0 {
		l.reopen()
	}
	if l.ending {
		l.endAll()
	}
	return true
}

// event is a change of one socket.
func (l *shard) event(e *unix.EpollEvent) {
	t := tokenOf(e)
	if t.slot < 0 {
		l.knock(t)
		return
	}
	at := &l.slots[t.slot>>1]
	if at.session == nil || at.generation != t.generation {
		return // it has ended in this very turn
	}
	s := at.session
	l.current = s
	x := &s.client
	if t.slot&1 == serviceSide {
		x = &s.service
	}
	if s.visit != nil {
		x.ready(e.Events)
		l.attend(s, x, e.Events)
		return
	}
	if l.migrates(s) {
		return
	}
	x.ready(e.Events)
	if l.join(s, x) {
		return
	}
	if x.blocked() && e.Events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		l.flush(s, x)
	}
	l.drive(s)
}

// knock is an event of what is no session.
func (l *shard) knock(t token) {
	if t == bellToken {
		return
	}
	l.current = nil
	if w := l.doors[-2-t.slot]; w != nil {
		l.accept(w)
	}
}

// goOn gives a session that had too much for its turn, or a fault in it, another
// one.
func (l *shard) goOn(s *Session) {
	l.current = s
	s.waiting = false
	if s.faulted {
		l.flushBoth(s)
	}
	if !l.migrates(s) {
		l.drive(s)
	}
}

func (l *shard) flushBoth(s *Session) {
	for _, x := range []*side{&s.client, &s.service} {
		if x.blocked() {
			l.flush(s, x)
		}
	}
}

// open does what a letter asks for.
func (l *shard) open(m *letter) {
	if s := m.session; s != nil {
		if has := s.shard.Load(); has != l {
			has.post(*m) // it has moved on
			return
		}
	}
	l.current = m.session
	switch m.what {
	case end:
		l.ending = true
		l.letters = append(l.letters, l.mail.close()...)
	case heed:
		l.heed()
	case arrive:
		l.arrive(m.session)
	case openDoor:
		l.addDoor(m.door)
	case closeDoor:
		l.removeDoor(m.door)
	case takeIn:
		l.takeIn(m.session)
	case resume:
		l.resume(m.session, m.conn, m.caller)
	case dropVisit:
		l.dropVisit(m.session)
	case start:
		l.start(m.session, m.answer, m.early)
	case closeFor:
		l.ask(m.session, m.session.engine.Close(l.now, m.cause))
	case cut:
		l.ask(m.session, m.session.engine.Abort(l.now, m.cause))
	}
}

// ask performs what others have asked for, or keeps it for the session's start.
func (l *shard) ask(s *Session, do session.Action) {
	if s.slot < 0 || s.visit != nil {
		s.asked |= do
		return
	}
	l.perform(s, do)
	l.drive(s)
}

// endAll ends what lives. Whoever is at fault meanwhile has left, so that it may
// be called again.
func (l *shard) endAll() {
	for _, w := range l.doors {
		if w != nil {
			l.removeDoor(w.door)
		}
	}
	for _, at := range l.slots {
		s := at.session
		l.current = s
		switch {
		case s == nil:
		case s.visit != nil:
			l.part(s)
		default:
			l.perform(s, s.engine.Abort(l.now, session.Drain))
		}
	}
}

// due is called for a slot whose deadline has come. The engine may have got a
// later one meanwhile; or none, where it is done and only unsent bytes are waited
// for: it says so again.
func (l *shard) due(id int32) {
	s := l.slots[id].session
	l.current = s
	if s.visit != nil {
		l.overdue(s)
		return
	}
	l.keepAlive(s)
	if s.engine.Deadline(l.now) > l.now {
		l.arm(s)
		return
	}
	l.perform(s, s.engine.Tick(l.now))
	l.drive(s) // what was waited for may be given up
}

// arm sets the time at which the engine wants to be asked.
func (l *shard) arm(s *Session) {
	if at := s.engine.Deadline(l.now); at > 0 {
		l.wheel.Set(s.slot, at)
	} else {
		l.wheel.Stop(s.slot)
		l.keepAlive(s)
	}
}

// keepAlive watches over a service that l has connected to. A session that is
// over before its first deadline does not pay for it.
func (l *shard) keepAlive(s *Session) {
	if s.unwatched && s.service.open() {
		s.unwatched = false
		l.sys.keepAlive(int(s.service.fd))
	}
}
