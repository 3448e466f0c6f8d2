package pump

import (
	"bytes"
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/session"
)

// Session drives one session with a goroutine for each direction. It is a
// driver.Session.
type Session struct {
	owner           driver.Owner
	client, service side
	began           time.Time
	timer           *time.Timer

	mu     sync.Mutex // guards engine and asked
	engine session.Session
	// asked is what Close and Cut were told to do, until a tick does it.
	asked session.Action

	// writing is held by whoever writes to the client, from taking the bytes
	// out of the engine to the end of the write: so frames keep their order.
	writing sync.Mutex
	// control says that control frames wait. It is set before writing is tried
	// and read after writing is released, so that none is forgotten.
	control atomic.Bool
	// alive counts what must happen before the session has ended: its two
	// goroutines and finish.
	alive    atomic.Int32
	finished atomic.Bool
}

// New makes a session that does not run yet.
func New(o driver.Options) *Session {
	s := &Session{owner: o.Owner, began: time.Now()}
	s.client = side{conn: o.Client, watch: clientWatch{s}, writing: make(chan struct{}, 1)}
	s.service = side{conn: o.Service, watch: serviceWatch{s}, writing: make(chan struct{}, 1)}
	s.engine.Init(o.Config, s.now())
	s.alive.Store(3)
	return s
}

// Adopt is for driver.Session. Deadlines that the connections have were for what
// came before.
func (s *Session) Adopt() error {
	return errors.Join(s.client.conn.SetDeadline(time.Time{}), s.service.conn.SetDeadline(time.Time{}))
}

// Start is for driver.Session.
//
// The goroutines are new ones on purpose: the caller's has grown a stack for
// the handshake that an idle session should not hold.
func (s *Session) Start(answer, early []byte) {
	s.writing.Lock() // until the answer is written
	s.arm()
	go s.pumpClient(bytes.Clone(early))
	go s.pumpService(bytes.Clone(answer))
}

// arm makes the timer. It fires at once where the session was closed before it
// began.
func (s *Session) arm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	wait := s.engine.Deadline(now) - now
	if s.asked != 0 {
		wait = 0
	}
	s.timer = time.AfterFunc(wait, s.tick)
}

// now is the engine's time: since the session began, and more than zero.
func (s *Session) now() time.Duration { return time.Since(s.began) + 1 }

// Stats are the figures up to now.
func (s *Session) Stats() session.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine.Stats()
}

// Close begins the end of the session for cause c. It does not wait.
func (s *Session) Close(c session.Cause) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked |= s.engine.Close(s.now(), c)
	s.wake()
}

// Cut ends the session for cause c at once. It does not wait.
func (s *Session) Cut(c session.Cause) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked |= s.engine.Abort(s.now(), c)
	s.wake()
}

// wake lets the timer's goroutine do what the engine asks for: the caller may
// be one that must not wait for a slow client.
func (s *Session) wake() {
	if s.timer != nil {
		s.timer.Reset(0)
	}
}

func (s *Session) tick() {
	defer s.guard(nil)
	s.perform(s.step(func(e *session.Session, now time.Duration) session.Action {
		do := s.asked
		s.asked = 0
		return do | e.Tick(now)
	}))
}

// step is one call of the engine.
func (s *Session) step(call func(*session.Session, time.Duration) session.Action) session.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	return call(&s.engine, s.now())
}

// perform does what the engine asks for. It must not be called with writing
// held.
func (s *Session) perform(do session.Action) {
	if do == 0 {
		return
	}
	// What the client is written may wait for it, and only the timer ends that:
	// so the timer comes first, and the service is not made to wait either.
	if do&session.Rearm != 0 {
		s.rearm()
	}
	if do&session.ShutService != 0 {
		s.service.conn.CloseWrite()
	}
	if do&session.CloseService != 0 {
		s.service.close()
	}
	if do&session.ControlFrames != 0 {
		s.control.Store(true)
		s.flush()
	}
	if do&session.ShutClient != 0 {
		s.client.conn.CloseWrite()
	}
	if do&session.CloseClient != 0 {
		s.client.close()
	}
	if do&session.Done != 0 {
		s.finish()
	}
}

func (s *Session) rearm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked != 0 {
		return // the timer is about to fire, and must not be put off
	}
	now := s.now()
	if at := s.engine.Deadline(now); at > 0 {
		s.timer.Reset(at - now)
	}
}

func (s *Session) finish() {
	if s.finished.Swap(true) {
		return
	}
	s.timer.Stop()
	s.client.close()
	s.service.close()
	s.leave()
}

// leave is called by each of the three that alive counts; the last reports.
func (s *Session) leave() {
	if s.alive.Add(-1) > 0 {
		return
	}
	s.mu.Lock()
	end := s.engine.End()
	s.mu.Unlock()
	s.owner.Ended(end)
}

// guard ends the session whose handling has panicked, and no other: the
// client is told 1011. Then it calls after, if there is one.
func (s *Session) guard(after func()) {
	value := recover()
	if value == nil {
		return
	}
	s.owner.Fault(value, debug.Stack())
	defer func() {
		if recover() != nil {
			// The engine is beyond telling anyone.
			s.finish()
		}
	}()
	s.perform(s.step(func(e *session.Session, now time.Duration) session.Action {
		return e.Close(now, session.Internal)
	}))
	if after != nil {
		after()
	}
}
