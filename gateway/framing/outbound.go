package framing

import (
	"bytes"
	"encoding/binary"

	"switchyard.dev/gateway/text"
)

// Outbound turns the service's bytes into frames for the client. A frame goes
// out with every buffer, so that a message of any size takes no memory: one
// that spans buffers becomes fragments.
//
// The zero value with Kind and Text set is ready.
type Outbound struct {
	Kind Kind
	// Text: the client receives text messages, unless Kind is Typed.
	Text bool

	// begun: the current message's prefix was read; left is what has not come yet.
	begun bool
	left  uint32
	// open: a frame of the current message went out, more must follow.
	open bool
	// isText is the type of the current message of kind Typed.
	isText bool
	// prefix is the part of a message's prefix that has come.
	prefix  [1 + lengthSize]byte
	prefixN uint8
	// tail is the beginning of a character whose end has not come.
	tail  [3]byte
	tailN uint8
	valid text.Validator
}

// Frame is one frame for the client: the payload is the buffer from From to To.
type Frame struct {
	// First: the frame begins its message; the others continue it.
	First, Fin, Text bool
	From, To         int
}

// Next takes the next frame out of buf[r:]; r is at least Headroom behind the
// beginning of buf or the offset that Next returned. ok is false where what
// is left makes no frame; then all of it was taken.
func (o *Outbound) Next(buf []byte, r int) (f Frame, next int, ok bool, err error) {
	if r == len(buf) {
		return f, r, false, nil
	}
	switch o.Kind {
	case Lines:
		f, next = o.line(buf, r)
		ok = true
	case LengthPrefixed, Typed:
		f, next, ok, err = o.prefixed(buf, r)
	default:
		f, next, ok, err = o.stream(buf, r)
	}
	if ok && err == nil && o.Kind != Stream {
		err = o.check(buf, f)
	}
	return f, next, ok, err
}

// stream makes a message of all there is. A message of text ends where a
// character does: the rest waits for the next buffer.
func (o *Outbound) stream(buf []byte, r int) (f Frame, next int, ok bool, err error) {
	f = Frame{First: true, Fin: true, Text: o.Text, From: r, To: len(buf)}
	if !o.Text {
		return f, len(buf), true, nil
	}
	f.From -= int(o.tailN)
	copy(buf[f.From:], o.tail[:o.tailN])
	if !o.valid.Write(buf[r:]) {
		return f, len(buf), false, ErrNotText
	}
	f.To -= o.valid.Pending()
	o.tailN = uint8(copy(o.tail[:], buf[f.To:]))
	return f, len(buf), f.To > f.From, nil
}

func (o *Outbound) line(buf []byte, r int) (f Frame, next int) {
	f = Frame{First: !o.open, Text: o.Text, From: r, To: len(buf)}
	next = len(buf)
	if i := bytes.IndexByte(buf[r:], '\n'); i >= 0 {
		f.Fin = true
		f.To = r + i
		next = f.To + 1
	}
	o.open = !f.Fin
	return f, next
}

func (o *Outbound) prefixed(buf []byte, r int) (f Frame, next int, ok bool, err error) {
	if !o.begun {
		n := copy(o.prefix[o.prefixN:o.Kind.prefix()], buf[r:])
		o.prefixN += uint8(n)
		r += n
		if int(o.prefixN) < o.Kind.prefix() {
			return f, r, false, nil
		}
		if err := o.begin(); err != nil {
			return f, r, false, err
		}
	}
	if o.left > 0 && r == len(buf) {
		return f, r, false, nil
	}
	n := min(uint64(len(buf)-r), uint64(o.left))
	o.left -= uint32(n)
	f = Frame{First: !o.open, Fin: o.left == 0, Text: o.isText, From: r, To: r + int(n)}
	o.open, o.begun = !f.Fin, !f.Fin
	return f, f.To, true, nil
}

// begin reads the prefix of a message, which is there.
func (o *Outbound) begin() error {
	p := o.prefix[:o.Kind.prefix()]
	o.prefixN, o.begun = 0, true
	o.isText = o.Text
	if o.Kind == Typed {
		switch p[0] {
		case typeText, typeBinary:
			o.isText = p[0] == typeText
		default:
			return ErrType
		}
		p = p[1:]
	}
	o.left = binary.BigEndian.Uint32(p)
	return nil
}

// check holds text to UTF-8 over the fragments of a message.
func (o *Outbound) check(buf []byte, f Frame) error {
	if !f.Text {
		return nil
	}
	if !o.valid.Write(buf[f.From:f.To]) || f.Fin && !o.valid.Complete() {
		return ErrNotText
	}
	if f.Fin {
		o.valid.Reset()
	}
	return nil
}

// End says that the service has closed. fin reports that an empty last frame
// must end the open message; with an error none may, since the message is not
// one.
func (o *Outbound) End() (fin bool, err error) {
	switch {
	case o.begun || o.prefixN > 0:
		return false, ErrTruncated
	case !o.valid.Complete():
		return false, ErrNotText
	}
	// The last line of a stream need not have its \n.
	return o.open, nil
}
