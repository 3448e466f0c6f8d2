//go:build linux

package loop

import (
	"bytes"
	"encoding/binary"

	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// clientSpeech makes up what a client says, and what the service must be given
// for it.
type clientSpeech struct {
	*world
	kind  framing.Kind
	size  int
	words []word
	owed  []byte
	pings [][]byte
	// over: nothing that follows is given to anyone.
	over bool
}

func (c *clientSpeech) say(b []byte) {
	c.words = append(c.words, word{bytes: b, owed: len(c.owed)})
}

// owe is a message for the service.
func (c *clientSpeech) owe(op frame.Opcode, p []byte) {
	switch c.kind {
	case framing.Typed:
		c.owed = append(c.owed, 1+byte(op-frame.Text))
		fallthrough
	case framing.LengthPrefixed:
		c.owed = binary.BigEndian.AppendUint32(c.owed, uint32(len(p)))
	}
	c.owed = append(c.owed, p...)
	if c.kind == framing.Lines {
		c.owed = append(c.owed, '\n')
	}
}

func masked(fin bool, op frame.Opcode, p []byte) []byte {
	b := drivertest.Masked(op, p)
	if !fin {
		b[0] &^= 0x80
	}
	return b
}

func (c *clientSpeech) text() []byte {
	p := bytes.Repeat([]byte("ñ"), c.IntN(c.size))
	if len(p) > 2 {
		p[0], p[1] = 'a'+byte(c.IntN(26)), 'a'+byte(c.IntN(26))
	}
	if c.oneIn(60) {
		p = append(p, "\xff\n"[c.IntN(2)])
	}
	return p
}

func (c *clientSpeech) ping(p []byte) {
	p = p[:min(len(p), frame.MaxControl)]
	c.pings = append(c.pings, p)
	c.say(masked(true, frame.Ping, p))
}

// next is a word or some.
func (c *clientSpeech) next() {
	p := c.text()
	op := frame.Text + frame.Opcode(c.IntN(2))
	switch c.IntN(120) {
	case 0:
		c.say(bytes.Repeat([]byte{0xff}, frame.MaxHeader))
		return
	case 1:
		c.say(masked(true, frame.Close, frame.AppendClose(nil, []uint16{0, 1000, 1001, 4000}[c.IntN(4)], "")))
		c.words[len(c.words)-1].farewell = true
		c.over = true
		return
	case 2:
		c.say(masked(true, frame.Close, []byte("\x03\xe8\xff")))
		c.over = true
		return
	}
	switch c.IntN(6) {
	case 0:
		c.fragments(op, p)
	case 1:
		c.ping(p)
	case 2:
		c.say(masked(true, frame.Pong, nil))
	default:
		if !c.over {
			c.owe(op, p)
		}
		c.say(masked(true, op, p))
	}
}

// fragments are two, cut anywhere, with a ping between them.
func (c *clientSpeech) fragments(op frame.Opcode, p []byte) {
	at := c.IntN(len(p) + 1)
	if c.kind.Whole() {
		c.say(masked(false, op, p[:at]))
		c.ping([]byte("between"))
		if !c.over {
			c.owe(op, p)
		}
	} else {
		if !c.over {
			c.owed = append(c.owed, p[:at]...)
		}
		c.say(masked(false, op, p[:at]))
		c.ping([]byte("between"))
		if c.oneIn(20) {
			return // and never the rest: what follows breaks a rule
		}
		if !c.over {
			c.owe(op, p[at:])
		}
	}
	c.say(masked(true, frame.Continuation, p[at:]))
}

// serviceSpeech is what a service says.
func serviceSpeech(w *world, kind framing.Kind, size int) (said []byte) {
	for range w.IntN(20) {
		p := bytes.Repeat([]byte("ñ"), w.IntN(size))
		if len(p) > 2 {
			p[0], p[1] = 'A'+byte(w.IntN(26)), 'A'+byte(w.IntN(26))
		}
		if w.oneIn(100) {
			p = append(p, 0xc3)
		}
		switch kind {
		case framing.Typed:
			said = append(said, 1+byte(w.IntN(2)))
			fallthrough
		case framing.LengthPrefixed:
			said = binary.BigEndian.AppendUint32(said, uint32(len(p)))
		}
		said = append(said, p...)
		if kind == framing.Lines {
			said = append(said, '\n')
		}
	}
	return said
}
