//go:build linux

package loop

import (
	"bytes"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// clientCheck is a strict client: it is given each byte that goes to it, cut
// anywhere.
type clientCheck struct {
	failed func(format string, a ...any)
	kind   framing.Kind
	text   bool
	// answer is what must come first.
	answer []byte
	// payload is what the service has to say, and ends where its messages end.
	payload []byte
	ends    []int
	// got is how much of it has come, in how many messages.
	got, messages int

	head      []byte
	h         frame.Header
	left      uint64
	inFrame   bool
	inMessage bool
	control   []byte
	closed    bool
	code      uint16
	reason    string
	// pings are what the client has sent and no Pong has answered.
	pings [][]byte
	// saw is called for each control frame, when its last byte is here.
	saw func(op frame.Opcode, behind int)
}

func (c *clientCheck) take(p []byte) {
	n := min(len(p), len(c.answer))
	if !bytes.Equal(p[:n], c.answer[:n]) {
		c.failed("%q instead of the answer", p[:n])
	}
	p, c.answer = p[n:], c.answer[n:]
	for len(p) > 0 {
		if !c.inFrame {
			c.head = append(c.head, p[0])
			p = p[1:]
			c.begin()
		} else {
			n := int(min(uint64(len(p)), c.left))
			c.piece(p[:n])
			p = p[n:]
		}
		if c.inFrame && c.left == 0 {
			c.inFrame = false
			c.finish(len(p))
		}
	}
}

func (c *clientCheck) begin() {
	h, n, err := frame.Parse(c.head)
	if err != nil {
		c.failed("% x: %v", c.head, err)
	}
	if n == 0 {
		return
	}
	if err := (frame.Rules{InMessage: c.inMessage}).Check(h); err != nil {
		c.failed("% x: %v", c.head, err)
	}
	if c.closed {
		c.failed("%+v follows Close", h)
	}
	if wrong := (h.Opcode == frame.Text) != c.text; wrong && c.kind != framing.Typed &&
		!h.Opcode.Control() && h.Opcode != frame.Continuation {
		c.failed("%+v, text: %v", h, c.text)
	}
	c.h, c.left, c.inFrame = h, h.Length, true
	c.head, c.control = c.head[:0], c.control[:0]
}

func (c *clientCheck) piece(p []byte) {
	c.left -= uint64(len(p))
	if c.h.Opcode.Control() {
		c.control = append(c.control, p...)
		return
	}
	if len(c.payload)-c.got < len(p) || !bytes.Equal(p, c.payload[c.got:c.got+len(p)]) {
		c.failed("what follows %d bytes is not what the service has said", c.got)
	}
	c.got += len(p)
}

// finish ends a frame; behind is how much is there behind it.
func (c *clientCheck) finish(behind int) {
	switch c.h.Opcode {
	case frame.Close:
		c.closed = true
		code, reason, err := frame.ParseClose(c.control)
		if err != nil {
			c.failed("Close of %q: %v", c.control, err)
		}
		c.code, c.reason = code, string(reason)
	case frame.Pong:
		c.pong()
	case frame.Ping:
	default:
		c.inMessage = !c.h.Fin
		if c.h.Fin {
			c.message()
		}
		return
	}
	c.saw(c.h.Opcode, behind)
}

// pong must answer a ping; older ones may go unanswered (RFC 6455 5.5.3).
func (c *clientCheck) pong() {
	for i, p := range c.pings {
		if bytes.Equal(p, c.control) {
			c.pings = c.pings[i+1:]
			return
		}
	}
	c.failed("Pong of %q answers none of %q", c.control, c.pings)
}

func (c *clientCheck) message() {
	c.messages++
	if c.kind != framing.Stream && (len(c.ends) < c.messages || c.ends[c.messages-1] != c.got) {
		c.failed("message %d ends at %d, not as in %d", c.messages, c.got, c.ends)
	}
}

// outcome is what a client must see of what the service says: the payload of
// its messages, and where each ends.
func outcome(kind framing.Kind, said []byte) (payload []byte, ends []int) {
	for len(said) > 0 {
		n, next := 0, 0
		switch kind {
		case framing.Stream:
			return said, nil
		case framing.Lines:
			if n = bytes.IndexByte(said, '\n'); n < 0 {
				n = len(said)
			}
			next = min(n+1, len(said))
		default:
			prefix := prefixOf(kind)
			if len(said) < prefix {
				return payload, ends
			}
			length := said[prefix-4 : prefix]
			n = int(length[1])<<16 | int(length[2])<<8 | int(length[3])
			said = said[prefix:]
			if n > len(said) {
				return append(payload, said...), ends
			}
			next = n
		}
		payload = append(payload, said[:n]...)
		ends = append(ends, len(payload))
		said = said[next:]
	}
	return payload, ends
}

func prefixOf(kind framing.Kind) int {
	switch kind {
	case framing.LengthPrefixed:
		return 4
	case framing.Typed:
		return 5
	}
	return 0
}
