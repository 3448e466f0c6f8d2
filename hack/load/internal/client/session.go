package client

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"switchyard.dev/hack/load/internal/link"
	"switchyard.dev/hack/load/internal/wire"
)

// stage is how far a session has come.
type stage uint8

const (
	opening stage = iota // connecting, or waiting for the answer to the handshake
	open
	closing // churn: Close was sent
	ended
)

var (
	errPayload = errors.New("the payload is not what it should be")
	errSurplus = errors.New("more came back than was sent")
	errMasked  = errors.New("the server masks its frames")
)

// closedError is a Close frame that nobody asked for. Code is 1005 where the
// frame holds none (RFC 6455 7.1.5).
type closedError struct{ code uint16 }

func (e *closedError) Error() string { return fmt.Sprintf("the server closed with %d", e.code) }

// session is the client's end of one WebSocket.
type session struct {
	load    *load
	index   int
	conn    link.Conn
	stage   stage
	began   time.Time // of the connection
	head    []byte    // of the answer, until it is whole
	scanner wire.Scanner

	out     []byte // what is being written
	block   bool   // out is the load's block, or the rest of it
	control []byte // frames to send when out is through
	partial []byte // payload of a control frame that has not all arrived

	frame    []byte       // echo: the message, masked and ready
	base     uint64       // echo: where the message begins in the pattern
	received uint64       // echo: of the message that is out; download: in all
	sent     time.Time    // echo: when the message went out
	closed   *closedError // the server's Close, which is being answered
	pinged   bool         // in the window
	heard    bool         // payload came in the window
	talks    bool         // begin was called
}

// Opened implements link.Machine.
func (s *session) Opened() { s.out = s.load.request }

// Input implements link.Machine.
func (s *session) Input(b []byte) error {
	if s.stage == opening {
		var err error
		if b, err = s.handshake(b); err != nil || s.stage == opening {
			return err
		}
	}
	for s.closed == nil {
		span, rest, ok, err := s.scanner.Next(b)
		if err != nil || !ok {
			return err
		}
		if err := s.take(span); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

// handshake collects the answer and returns what came behind it.
func (s *session) handshake(b []byte) ([]byte, error) {
	s.head = append(s.head, b...)
	end, err := wire.HeadEnd(s.head)
	if err != nil || end < 0 {
		return nil, err
	}
	if err := wire.CheckAnswer(s.head[:end], s.load.config.Subprotocol); err != nil {
		return nil, err
	}
	rest := s.head[end:]
	s.head = nil
	s.stage = open
	s.load.opened(s)
	return rest, nil
}

// take handles a piece of a frame.
func (s *session) take(span wire.Span) error {
	switch {
	case span.Masked:
		return errMasked
	case span.Opcode >= wire.Close:
		return s.takeControl(span)
	}
	s.heard = true
	var err error
	switch s.load.config.Mode {
	case Echo:
		err = s.takeEcho(span.Payload)
	case Download:
		err = s.takeStream(span)
	}
	return err
}

// takeEcho counts the message that is out as it comes back, in however many
// frames, and sends the next when it is whole.
func (s *session) takeEcho(payload []byte) error {
	size := uint64(s.load.config.Size)
	if s.received+uint64(len(payload)) > size || !s.talks && len(payload) > 0 {
		return errSurplus
	}
	if !s.load.check(payload, s.base+s.received) {
		return errPayload
	}
	if s.received += uint64(len(payload)); s.received < size {
		return nil
	}
	s.received = 0
	now := time.Now()
	s.load.echoed(now.Sub(s.sent))
	s.sent, s.out = now, s.frame
	return nil
}

// takeStream counts what a source sends.
func (s *session) takeStream(span wire.Span) error {
	if !s.load.check(span.Payload, s.received) {
		return errPayload
	}
	n := uint64(len(span.Payload))
	s.received += n
	s.load.bytes += n
	if span.Fin && span.Last() {
		s.load.messages++
	}
	return nil
}

// takeControl answers a ping, and a Close, which is the end.
func (s *session) takeControl(span wire.Span) error {
	s.partial = append(s.partial, span.Payload...)
	if !span.Last() {
		return nil
	}
	payload := s.partial
	s.partial = s.partial[:0]
	switch {
	case span.Opcode == wire.Ping:
		s.pinged = true
		s.control = wire.AppendClientFrame(s.control, wire.Pong, payload)
	case span.Opcode == wire.Close && s.stage != closing:
		code := uint16(1005)
		if len(payload) >= 2 {
			code = binary.BigEndian.Uint16(payload)
		}
		s.closed, s.talks = &closedError{code}, false
		s.control = wire.AppendClientFrame(s.control, wire.Close, payload)
	}
	return nil
}

// begin makes an open session talk, as its mode wants.
func (s *session) begin() {
	s.talks = true
	switch s.load.config.Mode {
	case Echo:
		s.base = uint64(s.index) * echoStride
		s.frame = s.load.message(s.base)
		s.out, s.sent = s.frame, time.Now()
	case Download:
		s.out = wire.AppendClientFrame(nil, wire.Binary, []byte{'\n'})
	}
	s.conn.Kick()
}

// hangUp begins the close handshake.
func (s *session) hangUp() {
	s.stage = closing
	s.out = s.load.farewell
}

// Output implements link.Machine: a message under way first, then control
// frames, then the endless upload.
func (s *session) Output() []byte {
	if len(s.out) == 0 {
		s.block = false
		switch {
		case len(s.control) > 0:
			s.out, s.control = s.control, nil
		case s.talks && s.load.block != nil:
			s.out, s.block = s.load.block, true
		}
	}
	return s.out
}

// Wrote implements link.Machine.
func (s *session) Wrote(n int) {
	s.out = s.out[n:]
	if s.block {
		s.load.uploaded += uint64(n)
	}
}

// Done implements link.Machine. A client that began to close waits for the
// server to end the connection (RFC 6455 7.1.1); one that was told to need not.
func (s *session) Done() bool { return s.closed != nil }

// Ended implements link.Machine.
func (s *session) Ended(err error) {
	before := s.stage
	s.stage = ended
	if s.closed != nil {
		err = s.closed
	}
	s.load.ended(s, before, err)
}
