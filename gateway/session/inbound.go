package session

import (
	"errors"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
	"switchyard.dev/gateway/text"
)

// inbound is the state of the direction from the client to the service.
type inbound struct {
	framing framing.Inbound
	utf8    text.Validator

	// left and pos are of the current frame's payload: to come, and come.
	left, pos uint64
	// length is that of the current message's frames up to now, as announced.
	length uint64
	// control is the payload of a control frame that came in pieces.
	control []byte

	key    [4]byte
	opcode frame.Opcode
	fin    bool
	// inFrame: a header was read, and its frame has not ended.
	inFrame bool
	// inMessage: a fragmented message is open.
	inMessage bool
	isText    bool

	// header is the beginning of a header whose end has not come.
	header  [frame.MaxHeader]byte
	headerN uint8
}

// FromClient takes the client's bytes buf[r:], r at least Headroom, and works
// in place. It returns what to write to the service, which lies in buf or in
// memory of its own, and the offset of what it has not taken yet: when that is
// written, it must be called again with the rest.
func (s *Session) FromClient(now time.Duration, buf []byte, r int) (out []byte, next int, do Action) {
	s.hear(now)
	g := framing.NewGather(buf)
	for r < len(buf) && s.Listening() && !s.end.deaf {
		n, flush, err := s.header(&g, buf, r)
		r += n
		if err == nil && !flush && s.in.inFrame {
			n, out, err = s.payload(now, &g, buf, r)
			r += n
		}
		if err != nil {
			s.refuse(now, err)
		}
		if out != nil {
			return out, r, s.settle(now)
		}
		if flush {
			return g.Bytes(), r, s.settle(now)
		}
	}
	return g.Bytes(), len(buf), s.settle(now)
}

// header reads a frame header unless a frame is open. flush says that what is
// gathered must go first.
func (s *Session) header(g *framing.Gather, buf []byte, r int) (n int, flush bool, err error) {
	in := &s.in
	if in.inFrame {
		return 0, false, nil
	}
	h, n, ok, err := in.parse(buf[r:])
	if err != nil || !ok {
		return n, false, err
	}
	if err := (frame.Rules{FromClient: true, InMessage: in.inMessage}).Check(h); err != nil {
		return n, false, err
	}
	in.inFrame, in.fin, in.opcode = true, h.Fin, h.Opcode
	in.key, in.left, in.pos = h.Key, h.Length, 0
	if h.Opcode.Control() {
		return n, false, nil
	}
	flush, err = s.beginData(g, r+n, h)
	return n, flush, err
}

// parse reads the header at the front of b, or with what came before it. ok is
// false where its end has not come; then all of b was taken.
func (in *inbound) parse(b []byte) (h frame.Header, n int, ok bool, err error) {
	if in.headerN == 0 {
		h, n, err = frame.Parse(b)
		if err != nil || n > 0 {
			return h, n, true, err
		}
		in.headerN = uint8(copy(in.header[:], b))
		return h, len(b), false, nil
	}
	had := int(in.headerN)
	have := had + copy(in.header[had:], b)
	h, n, err = frame.Parse(in.header[:have])
	if err != nil {
		return h, 0, false, err
	}
	if n == 0 {
		in.headerN = uint8(have)
		return h, len(b), false, nil
	}
	in.headerN = 0
	return h, n - had, true, nil
}

// beginData opens a data frame whose payload will be at offset at.
func (s *Session) beginData(g *framing.Gather, at int, h frame.Header) (flush bool, err error) {
	in := &s.in
	in.inMessage = !h.Fin
	if s.end.serviceGone {
		return false, nil
	}
	first := h.Opcode != frame.Continuation
	if first {
		in.isText = h.Opcode == frame.Text
		in.length = 0
	}
	if limit := s.cfg.MaxMessage; limit > 0 && h.Length > limit-in.length {
		return false, framing.ErrTooBig
	}
	in.length += h.Length
	if first {
		return in.framing.Begin(g, at, in.isText, h.Fin, h.Length)
	}
	return false, nil
}

// payload takes what there is of the open frame's payload, and ends the frame
// where that is all. held is a message that was kept whole.
func (s *Session) payload(now time.Duration, g *framing.Gather, buf []byte, r int) (n int, held []byte, err error) {
	in := &s.in
	n = int(min(uint64(len(buf)-r), in.left))
	p := buf[r : r+n]
	frame.Mask(p, in.key, in.pos)
	in.pos += uint64(n)
	in.left -= uint64(n)
	in.inFrame = in.left > 0

	if in.opcode.Control() {
		return n, nil, s.control(now, p)
	}
	if s.end.serviceGone {
		return n, nil, nil // there is nobody to give it to
	}
	s.clock.data = now
	if err := s.data(g, p, r); err != nil {
		return n, nil, err
	}
	s.stats.bytesIn.add(uint64(n))
	if in.left > 0 || !in.fin {
		return n, nil, nil
	}
	s.stats.messagesIn.add(1)
	return n, in.framing.End(g, r+n), nil
}

// errNotUTF8 fails the connection: "When an endpoint is to interpret a byte
// stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8
// stream, that endpoint MUST _Fail the WebSocket Connection_." (RFC 6455 8.1)
var errNotUTF8 = errors.New("RFC 6455 8.1: a text message is UTF-8")

// data takes a piece of a message, p, which is at offset at.
func (s *Session) data(g *framing.Gather, p []byte, at int) error {
	in := &s.in
	if in.isText {
		ended := in.left == 0 && in.fin
		if !in.utf8.Write(p) || ended && !in.utf8.Complete() {
			return errNotUTF8
		}
		if ended {
			in.utf8.Reset()
		}
	}
	if len(p) == 0 {
		return nil
	}
	return in.framing.Piece(g, at, len(p))
}

// refuse ends the session for what the client sent: "An endpoint MUST NOT
// continue to attempt to process data (including a responding Close frame) from
// the remote endpoint after being instructed to _Fail the WebSocket
// Connection_." (RFC 6455 7.1.7)
func (s *Session) refuse(now time.Duration, err error) {
	cause := InvalidMessage
	var broken *frame.Violation
	switch {
	case errors.As(err, &broken) && broken.Code == frame.InvalidPayload, errors.Is(err, errNotUTF8):
		cause = InvalidUTF8
	case broken != nil:
		cause = ProtocolError
	case errors.Is(err, framing.ErrTooBig):
		cause = MessageTooBig
	}
	s.fail(now, cause, err.Error())
	s.end.deaf = true
	s.end.serviceGone, s.end.wantServiceClosed = true, true
}
