package session

import (
	"time"

	"switchyard.dev/gateway/frame"
)

// ending is how far the end of the session has come.
type ending struct {
	detail string
	code   uint16
	cause  Cause

	// closeQueued: our Close frame is decided; closeTaken: it is with the
	// driver; closeWritten: it is out.
	closeQueued, closeTaken, closeWritten bool
	closeReceived                         bool
	// clientEnded: nothing comes from the client any more.
	clientEnded bool
	// clientBroken: nothing can be written to the client any more.
	clientBroken bool
	// clientShut, clientClosed: the driver was told so.
	clientShut, clientClosed bool
	// deaf: the client's bytes are no frames any more and are thrown away.
	deaf bool

	// serviceEnded: nothing comes from the service any more.
	serviceEnded bool
	// serviceGone: nothing is written to the service any more.
	serviceGone bool
	// serviceClosed: the driver was told so.
	serviceClosed bool
	// wantServiceClosed: the service need not be waited for.
	wantServiceClosed bool

	done bool
}

// clientMute reports whether the client can be told nothing any more.
func (e *ending) clientMute() bool { return e.clientEnded || e.clientBroken }

// fail begins the end of the session for cause c. The first cause counts.
func (s *Session) fail(now time.Duration, c Cause, detail string) {
	e := &s.end
	if e.cause != None {
		return
	}
	e.cause, e.code, e.detail = c, c.Code(), detail
	s.clock.deadline = now + s.cfg.Close
	switch c {
	case ClientGone:
		e.clientEnded = true
	case ClientStalled:
		// It takes nothing, so it will not take a Close frame either.
		e.clientEnded, e.wantServiceClosed = true, true
	case BackendEOF, BackendReset, Drain:
		s.queueClose()
	case Internal:
		// Whoever reads the client may be what failed: its answer may go unseen.
		s.queueClose()
		e.deaf, e.wantServiceClosed = true, true
	default:
		s.queueClose()
		e.wantServiceClosed = true
	}
}

func (s *Session) queueClose() {
	s.end.closeQueued = true
	s.ctl.closeDue = true
	s.ctl.pingDue = false
}

// closeReceived takes the payload of the client's Close frame.
func (s *Session) closeReceived(now time.Duration, payload []byte) error {
	e := &s.end
	e.closeReceived = true // a bad one too is the client's last word
	code, _, err := frame.ParseClose(payload)
	if err != nil {
		return err
	}
	if e.cause == None {
		// The service is told by half-close and may finish; the echo follows
		// its last bytes.
		e.cause, e.code = ClientClose, code
		s.clock.deadline = now + s.cfg.Close
	}
	return nil
}

// ClientEnded says that the client's connection has ended or failed for
// reading.
func (s *Session) ClientEnded(now time.Duration) Action {
	e := &s.end
	if !e.closeReceived {
		e.clientEnded = true
	}
	s.fail(now, ClientGone, "")
	return s.settle(now)
}

// ClientBroken says that a write to the client has failed. What it has sent
// may still be read, and says how the session ends.
func (s *Session) ClientBroken(now time.Duration) Action {
	s.end.clientBroken = true
	s.soon(now)
	return s.settle(now)
}

// ServiceEOF says that the service has finished writing.
func (s *Session) ServiceEOF(now time.Duration) Action {
	e := &s.end
	if e.serviceEnded {
		return s.settle(now)
	}
	e.serviceEnded = true
	fin, err := s.out.End()
	s.ctl.finDue = fin && s.sending()
	if err != nil {
		s.fail(now, BackendInvalid, err.Error())
	}
	s.fail(now, BackendEOF, "")
	return s.settle(now)
}

// ServiceFailed says that the service's connection has failed for reading.
func (s *Session) ServiceFailed(now time.Duration, detail string) Action {
	e := &s.end
	if !e.serviceEnded {
		e.serviceEnded, e.serviceGone = true, true
		s.fail(now, BackendReset, detail)
	}
	return s.settle(now)
}

// ServiceBroken says that a write to the service has failed. What it has sent
// may still be read, and says how the session ends.
func (s *Session) ServiceBroken(now time.Duration) Action {
	s.end.serviceGone = true
	s.soon(now)
	return s.settle(now)
}

// soon bounds the wait for the other half of a broken connection to say how it
// ended.
func (s *Session) soon(now time.Duration) {
	if s.clock.deadline == 0 {
		s.clock.deadline = now + s.cfg.Close
	}
}

// Close ends the session from outside, as a drain does. c is a cause that has a
// Code; once the end has begun it changes nothing.
func (s *Session) Close(now time.Duration, c Cause) Action {
	s.fail(now, c, "")
	return s.settle(now)
}

// Abort ends the session from outside, at once: nothing more is written. c is
// the cause unless the end has begun.
func (s *Session) Abort(now time.Duration, c Cause) Action {
	s.fail(now, c, "")
	s.end.done = true
	return s.settle(now)
}

// expire is what happens when the phase has taken too long.
func (s *Session) expire(now time.Duration) {
	e := &s.end
	switch {
	case e.cause == None && e.clientBroken:
		s.fail(now, ClientGone, "")
		e.wantServiceClosed = true
	case e.cause == None:
		s.fail(now, BackendReset, "the service took no more bytes")
		e.wantServiceClosed = true
	case e.cause == ClientClose && !e.closeQueued:
		// The service had its time to finish.
		e.wantServiceClosed = true
		s.clock.deadline = now + s.cfg.Close
	default:
		e.done = true
	}
}

// settle says what the driver must do for the state that the session is in.
// Each step is told once.
func (s *Session) settle(now time.Duration) (do Action) {
	e := &s.end
	if e.done {
		return Done
	}
	if e.wantServiceClosed && !e.serviceClosed {
		e.serviceClosed, e.serviceEnded, e.serviceGone = true, true, true
		do |= CloseService
	}
	if e.cause == ClientClose && e.serviceEnded && !e.closeQueued {
		s.queueClose()
	}
	if e.clientMute() {
		s.ctl = control{pong: s.ctl.pong[:0]}
	}
	if (e.closeReceived || e.clientEnded) && !e.serviceGone {
		e.serviceGone = true
		do |= ShutService
	}
	closeOver := e.closeWritten || e.closeQueued && e.clientMute()
	clientOver := e.clientEnded || closeOver && e.closeReceived
	if e.deaf && closeOver && !clientOver && !e.clientShut {
		// No reply will be made out, so the end of our bytes is all we can say.
		e.clientShut = true
		do |= ShutClient
	}
	if clientOver && e.serviceEnded {
		e.done = true
		return do | Done
	}
	if clientOver && !e.clientClosed {
		e.clientClosed = true
		do |= CloseClient
	}
	if s.ctl.due() {
		do |= ControlFrames
	}
	if s.clock.deadline > 0 {
		do |= Rearm
	}
	return do
}
