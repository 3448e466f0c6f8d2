package framing

import "errors"

// Kind says how messages map to the byte stream.
type Kind uint8

const (
	// Stream: bytes; message boundaries mean nothing.
	Stream Kind = iota
	// Lines: one message, one line ended by \n.
	Lines
	// LengthPrefixed: one message, its length as 4 bytes big-endian and as many bytes.
	LengthPrefixed
	// Typed: as LengthPrefixed with one byte before it: 1 text, 2 binary.
	Typed
)

// Headroom is how many bytes must lie before the input in every buffer given
// to this package. What is made of the input may be longer than it; it grows
// into the headroom, so that no second buffer is needed.
const Headroom = 512

// DefaultMaxHeld bounds a message that must be held whole, in bytes, where the
// route sets no limit of its own.
const DefaultMaxHeld = 1 << 20

const (
	lengthSize = 4
	typeText   = 1
	typeBinary = 2
)

// Errors of messages that a framing cannot carry.
var (
	// ErrLineFeed: "one message, one line" would become two lines.
	ErrLineFeed = errors.New("framing Lines: a message must not contain a line feed")
	// ErrTooBig: a message over the limit, or one that its length field cannot state.
	ErrTooBig = errors.New("message over the limit")
	// ErrType: the type byte is neither 1 nor 2.
	ErrType = errors.New("framing Typed: the type byte must be 1 (text) or 2 (binary)")
	// ErrTruncated: the service closed in the middle of a message.
	ErrTruncated = errors.New("the service closed in the middle of a message")
	// ErrNotText: what should go out as text is not UTF-8.
	ErrNotText = errors.New("text for the client is not UTF-8")
)

func (k Kind) prefix() int {
	switch k {
	case LengthPrefixed:
		return lengthSize
	case Typed:
		return 1 + lengthSize
	default:
		return 0
	}
}

// Whole reports whether a message that comes in fragments must be held until
// its end, since its length goes first.
func (k Kind) Whole() bool { return k.prefix() > 0 }
