package session

import (
	"time"

	"switchyard.dev/gateway/frame"
)

// control is what waits to be written to the client between data frames.
type control struct {
	// pong answers the latest ping: "If an endpoint receives a Ping frame and has
	// not yet sent Pong frame(s) in response to previous Ping frame(s), the
	// endpoint MAY elect to send a Pong frame for only the most recently
	// processed Ping frame." (RFC 6455 5.5.3)
	pong     []byte
	pongDue  bool
	pingDue  bool
	closeDue bool
	// finDue: an empty frame must end the open message.
	finDue bool
}

// MaxControl is the most that TakeControl appends, in bytes.
const MaxControl = 2*(2+frame.MaxControl) + 2 + 2

func (c *control) due() bool { return c.pongDue || c.pingDue || c.closeDue || c.finDue }

// control takes a piece of a control frame's payload, and acts where it is the
// last.
func (s *Session) control(now time.Duration, p []byte) error {
	in := &s.in
	if in.left > 0 || len(in.control) > 0 {
		in.control = append(in.control, p...)
		if in.left > 0 {
			return nil
		}
		p = in.control
		in.control = in.control[:0]
	}
	switch in.opcode {
	case frame.Ping:
		if !s.end.closeQueued {
			// "A Pong frame sent in response to a Ping frame must have identical
			// Application data." (RFC 6455 5.5.3)
			s.ctl.pong = append(s.ctl.pong[:0], p...)
			s.ctl.pongDue = true
		}
	case frame.Close:
		return s.closeReceived(now, p)
	}
	return nil
}

// TakeControl appends the frames that wait to dst. They must be written before
// anything else goes to the client, then ControlWritten be called.
func (s *Session) TakeControl(dst []byte) []byte {
	if s.ctl.finDue {
		dst = frame.Header{Fin: true, Opcode: frame.Continuation}.Append(dst)
		s.stats.messagesOut.add(1)
	}
	if s.ctl.pongDue {
		dst = appendControl(dst, frame.Pong, s.ctl.pong)
	}
	if s.ctl.pingDue {
		dst = appendControl(dst, frame.Ping, nil)
	}
	if s.ctl.closeDue {
		dst = s.appendClose(dst)
		s.end.closeTaken = true
	}
	s.ctl = control{pong: s.ctl.pong[:0]}
	return dst
}

// ControlWritten says that what TakeControl gave is written.
func (s *Session) ControlWritten(now time.Duration) Action {
	s.end.closeWritten = s.end.closeTaken
	return s.pingWritten(now) | s.settle(now)
}

func (s *Session) appendClose(dst []byte) []byte {
	reason := s.end.cause.String()
	if s.end.cause == ClientClose {
		// "When sending a Close frame in response, the endpoint typically echos
		// the status code it received." (RFC 6455 5.5.1)
		reason = ""
	}
	var payload [frame.MaxControl]byte
	return appendControl(dst, frame.Close, frame.AppendClose(payload[:0], s.end.code, reason))
}

func appendControl(dst []byte, op frame.Opcode, payload []byte) []byte {
	dst = frame.Header{Fin: true, Opcode: op, Length: uint64(len(payload))}.Append(dst)
	return append(dst, payload...)
}
