package framing

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Inbound turns the client's messages into the service's bytes.
//
// The zero value with Kind set is ready; Max bounds a held message in bytes,
// zero is DefaultMaxHeld.
type Inbound struct {
	Max  uint64
	Kind Kind

	text bool
	// held is a fragmented message of a Whole kind, behind room for its prefix;
	// nil where there is none.
	held []byte
}

// Begin starts a message whose first payload byte will be at offset at. whole
// says that it has one frame, of length bytes. It reports whether what is
// gathered so far must be taken before the message goes on.
func (f *Inbound) Begin(g *Gather, at int, text, whole bool, length uint64) (flush bool, err error) {
	f.text = text
	if !f.Kind.Whole() {
		return false, nil
	}
	if length > math.MaxUint32 {
		return false, ErrTooBig
	}
	if !whole {
		f.held = make([]byte, f.Kind.prefix())
		return !g.Empty(), nil
	}
	g.open(at - f.Kind.prefix())
	f.putPrefix(g.reserve(f.Kind.prefix()), int(length))
	return false, nil
}

// Piece takes n bytes of payload at offset at.
func (f *Inbound) Piece(g *Gather, at, n int) error {
	switch {
	case f.held != nil:
		if uint64(len(f.held)-f.Kind.prefix()+n) > f.maxHeld() {
			return ErrTooBig
		}
		f.held = append(f.held, g.buf[at:at+n]...)
	case f.Kind == Lines:
		if bytes.IndexByte(g.buf[at:at+n], '\n') >= 0 {
			return ErrLineFeed
		}
		// One byte lower: \n must not run into input that is still unread.
		g.open(at - 1)
		g.move(at, n)
	default:
		g.open(at)
		g.move(at, n)
	}
	return nil
}

// End ends the message; at is the offset behind its last byte. A message that
// was held is returned whole.
func (f *Inbound) End(g *Gather, at int) (held []byte) {
	switch {
	case f.held != nil:
		held = f.held
		f.putPrefix(held, len(held)-f.Kind.prefix())
		f.held = nil
	case f.Kind == Lines:
		g.open(at - 1)
		g.reserve(1)[0] = '\n'
	}
	return held
}

func (f *Inbound) putPrefix(b []byte, length int) {
	if f.Kind == Typed {
		b[0] = typeBinary
		if f.text {
			b[0] = typeText
		}
		b = b[1:]
	}
	binary.BigEndian.PutUint32(b, uint32(length))
}

func (f *Inbound) maxHeld() uint64 {
	if f.Max == 0 {
		return DefaultMaxHeld
	}
	return min(f.Max, math.MaxUint32)
}
