package backend

import (
	"switchyard.dev/hack/load/internal/link"
	"switchyard.dev/hack/load/internal/wire"
)

// socket is a WebSocket server around a service. A sink's and a source's
// frames are the service's own business; an echo's are rewritten here.
type socket struct {
	queue   // the answer to the handshake, echoed frames, control frames
	service link.Machine
	head    []byte
	open    bool
	closing bool
	scanner wire.Scanner
	control []byte
}

func (s *socket) Opened() {}

func (s *socket) Input(b []byte) error {
	if !s.open {
		return s.handshake(b)
	}
	for !s.closing {
		span, rest, ok, err := s.scanner.Next(b)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		s.take(span)
		b = rest
	}
	return s.check()
}

// handshake collects the request and answers it.
func (s *socket) handshake(b []byte) error {
	s.head = append(s.head, b...)
	end, err := wire.HeadEnd(s.head)
	if err != nil || end < 0 {
		return err
	}
	if s.bytes, err = wire.Answer(s.head[:end]); err != nil {
		return err
	}
	ahead := s.head[end:]
	s.head, s.open = nil, true
	return s.Input(ahead)
}

// take handles a piece of a frame.
func (s *socket) take(span wire.Span) {
	if span.Opcode >= wire.Close {
		s.takeControl(span)
		return
	}
	switch s.service.(type) {
	case *echo:
		if span.First() {
			s.bytes = wire.AppendServerHeader(s.bytes, span.Fin, span.Opcode, span.Length)
		}
		start := len(s.bytes)
		s.bytes = append(s.bytes, span.Payload...)
		wire.Mask(s.bytes[start:], span.Key, span.Offset)
	case *source:
		_ = s.service.Input(span.Payload)
	}
}

// takeControl answers Close and Ping.
func (s *socket) takeControl(span wire.Span) {
	s.control = append(s.control, span.Payload...)
	if !span.Last() {
		return
	}
	wire.Mask(s.control, span.Key, 0)
	switch span.Opcode {
	case wire.Close:
		s.bytes = wire.AppendServerFrame(s.bytes, wire.Close, s.control)
		s.closing = true
	case wire.Ping:
		s.bytes = wire.AppendServerFrame(s.bytes, wire.Pong, s.control)
	}
	s.control = s.control[:0]
}

// Output is what waits here, then what the service sends of its own accord. A
// control frame may so cut into a source's frame; only a client that closes
// sends one to a source, and it reads no further.
func (s *socket) Output() []byte {
	if out := s.queue.Output(); len(out) > 0 {
		return out
	}
	if s.closing {
		return nil
	}
	return s.service.Output()
}

func (s *socket) Wrote(n int) {
	if len(s.queue.Output()) > 0 {
		s.queue.Wrote(n)
		return
	}
	s.service.Wrote(n)
}

func (s *socket) Done() bool  { return s.closing }
func (s *socket) Ended(error) {}
