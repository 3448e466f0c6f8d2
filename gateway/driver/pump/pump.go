package pump

import (
	"time"

	"switchyard.dev/gateway/session"
)

// pumpClient carries the client's bytes to the service until the client has
// nothing more to say.
func (s *Session) pumpClient(early []byte) {
	defer s.leave()
	defer s.client.left()
	// After a fault somebody must still take what the client sends, or its Close
	// frame would be lost to a reset.
	defer s.guard(func() {
		s.client.receive(func([]byte) bool { return true })
		s.clientEnded()
	})
	if !s.takeEarly(early) {
		return
	}
	s.client.receive(s.fromClient)
	s.clientEnded()
}

// clientEnded tells the engine that no more comes; it knows whether that was
// to be expected.
func (s *Session) clientEnded() {
	s.perform(s.step((*session.Session).ClientEnded))
}

func (s *Session) takeEarly(early []byte) (more bool) {
	more = true
	for len(early) > 0 && more {
		b := takeBuffer()
		n := copy(b.free(), early)
		early = early[n:]
		more = s.fromClient(b.filled(n))
		b.release()
	}
	return more
}

// fromClient takes what was read from the client, behind a headroom, and
// reports whether to go on reading.
func (s *Session) fromClient(buf []byte) (more bool) {
	more = true
	for r := session.Headroom; r < len(buf); {
		var out []byte
		var do session.Action
		out, r, more, do = s.decode(buf, r)
		if len(out) > 0 {
			if err := s.service.write(out); err != nil {
				do |= s.step((*session.Session).ServiceBroken)
			}
		}
		s.perform(do)
	}
	return more
}

func (s *Session) decode(buf []byte, r int) (out []byte, next int, more bool, do session.Action) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, next, do = s.engine.FromClient(s.now(), buf, r)
	return out, next, s.engine.Listening(), do
}

// pumpService carries answer, then the service's bytes, to the client until the
// service has nothing more to say.
func (s *Session) pumpService(answer []byte) {
	defer s.leave()
	defer s.service.left()
	defer s.guard(nil)
	s.perform(s.begin(answer))
	s.flush()
	err := s.service.receive(s.fromService)
	s.service.left() // what follows may wait for the client
	s.perform(s.step(func(e *session.Session, now time.Duration) session.Action {
		if err != nil {
			return e.ServiceFailed(now, reason(err))
		}
		return e.ServiceEOF(now)
	}))
}

// begin writes the answer to the handshake. It is called with writing held, and
// releases it.
func (s *Session) begin(answer []byte) session.Action {
	defer s.writing.Unlock()
	if len(answer) == 0 {
		return 0
	}
	do, _ := s.writeClient(answer)
	return do
}

// fromService takes what was read from the service, behind a headroom, and
// reports whether to go on reading.
func (s *Session) fromService(buf []byte) (more bool) {
	more = true
	for r := session.Headroom; r < len(buf); {
		var do session.Action
		r, more, do = s.toClient(buf, r)
		s.perform(do)
		s.flush()
	}
	return more
}

func (s *Session) toClient(buf []byte, r int) (next int, more bool, do session.Action) {
	s.writing.Lock()
	defer s.writing.Unlock()
	out, next, more, do := s.encode(buf, r)
	if len(out) > 0 {
		broken, _ := s.writeClient(out)
		do |= broken
	}
	return next, more, do
}

func (s *Session) encode(buf []byte, r int) (out []byte, next int, more bool, do session.Action) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, next, do = s.engine.FromService(s.now(), buf, r)
	return out, next, s.engine.Reading(), do
}

// writeClient is called with writing held.
func (s *Session) writeClient(frames []byte) (do session.Action, ok bool) {
	if err := s.client.write(frames); err != nil {
		return s.step((*session.Session).ClientBroken), false
	}
	return 0, true
}

// flush writes the control frames that wait, unless somebody is writing to the
// client: then that one does it afterwards.
func (s *Session) flush() {
	for s.control.Load() && s.writing.TryLock() {
		do := s.writeControl()
		s.perform(do &^ session.ControlFrames)
	}
}

// writeControl is called with writing held, and releases it.
func (s *Session) writeControl() (do session.Action) {
	defer s.writing.Unlock()
	s.control.Store(false)
	b := takeBuffer()
	defer b.release()
	frames := s.takeControl(b.data[:0])
	if len(frames) == 0 {
		return 0
	}
	if do, ok := s.writeClient(frames); !ok {
		return do
	}
	return s.step((*session.Session).ControlWritten)
}

func (s *Session) takeControl(dst []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine.TakeControl(dst)
}

// clientWatch and serviceWatch tell the engine of writes that wait, so that it
// can tell a peer that is slow from one that stands still.
type (
	clientWatch  struct{ *Session }
	serviceWatch struct{ *Session }
)

func (w clientWatch) waits() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.engine.WritingClient(w.now())
}

func (w clientWatch) goesOn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.engine.WroteClient()
}

func (w serviceWatch) waits() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.engine.WritingService(w.now())
}

func (w serviceWatch) goesOn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.engine.WroteService(w.now())
}
