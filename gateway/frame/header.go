package frame

import (
	"encoding/binary"
	"math"
)

const (
	// MaxHeader is the longest a frame header gets, in bytes: two, a 64-bit
	// length and a key.
	MaxHeader = 14
	// MaxControl is the longest payload of a control frame, in bytes.
	MaxControl = 125
)

// The two first bytes of a header (RFC 6455 5.2).
const (
	finBit     = 0x80
	rsvShift   = 4
	rsvBits    = 0x7
	opcodeBits = 0xf

	maskBit    = 0x80
	lengthBits = 0x7f
	// Lengths up to 125 stand in the seven bits themselves; the two values above
	// announce a length of 16 or 64 bits behind them.
	maxLength7 = 125
	length16   = 126
	length64   = 127
)

var (
	errLengthForm = broken("5.2", "lengths are encoded in the fewest bytes")
	errLengthSign = broken("5.2", "the most significant bit of a 64-bit length is 0")
)

// Header is all of a frame but its payload (RFC 6455 5.2).
type Header struct {
	// Fin marks the last frame of a message.
	Fin bool
	// RSV holds the three reserved bits; RSV1 is 4, RSV3 is 1.
	RSV byte
	// Opcode has four bits.
	Opcode Opcode
	// Masked says that the payload is masked with Key.
	Masked bool
	// Key is zero where Masked is false.
	Key [4]byte
	// Length of the payload in bytes, at most 2^63-1.
	Length uint64
}

// Parse decodes the header at the front of b and reports how many bytes it
// took. Zero bytes and no error mean "not all here yet: read more, call again".
// What follows the header in b is not looked at.
//
// The error is a *Violation, of the form of the length; whether a header that
// parses is allowed where it stands is for Rules to say. MaxHeader bytes are
// always enough.
func Parse(b []byte) (h Header, n int, err error) {
	if len(b) < 2 {
		return Header{}, 0, nil
	}
	h.Fin = b[0]&finBit != 0
	h.RSV = b[0] >> rsvShift & rsvBits
	h.Opcode = Opcode(b[0] & opcodeBits)
	h.Masked = b[1]&maskBit != 0

	h.Length, n, err = parseLength(b)
	if n == 0 || err != nil {
		return Header{}, 0, err
	}
	if h.Masked {
		if len(b) < n+len(h.Key) {
			return Header{}, 0, nil
		}
		n += copy(h.Key[:], b[n:])
	}
	return h, n, nil
}

// parseLength reads the length of a header of at least two bytes. The offset n
// is the one behind it, or zero if it is not all there.
func parseLength(b []byte) (length uint64, n int, err error) {
	switch short := b[1] & lengthBits; short {
	default:
		return uint64(short), 2, nil
	case length16:
		if len(b) < 4 {
			return 0, 0, nil
		}
		length = uint64(binary.BigEndian.Uint16(b[2:]))
		if length <= maxLength7 {
			return 0, 0, errLengthForm
		}
		return length, 4, nil
	case length64:
		if len(b) < 10 {
			return 0, 0, nil
		}
		length = binary.BigEndian.Uint64(b[2:])
		// "the most significant bit MUST be 0" and "the minimal number of bytes
		// MUST be used to encode the length" (RFC 6455 5.2)
		if length > math.MaxInt64 {
			return 0, 0, errLengthSign
		}
		if length <= math.MaxUint16 {
			return 0, 0, errLengthForm
		}
		return length, 10, nil
	}
}

// Append encodes h, in the shortest form, at the end of b. Bits of RSV and
// Opcode that have no place on the wire are dropped.
func (h Header) Append(b []byte) []byte {
	first := h.RSV&rsvBits<<rsvShift | byte(h.Opcode)&opcodeBits
	if h.Fin {
		first |= finBit
	}
	var mask byte
	if h.Masked {
		mask = maskBit
	}
	switch {
	case h.Length <= maxLength7:
		b = append(b, first, mask|byte(h.Length))
	case h.Length <= math.MaxUint16:
		b = append(b, first, mask|length16)
		b = binary.BigEndian.AppendUint16(b, uint16(h.Length))
	default:
		b = append(b, first, mask|length64)
		b = binary.BigEndian.AppendUint64(b, h.Length)
	}
	if h.Masked {
		b = append(b, h.Key[:]...)
	}
	return b
}

// Size is how many bytes Append adds: 2 to MaxHeader.
func (h Header) Size() int {
	n := 2
	switch {
	case h.Length > math.MaxUint16:
		n += 8
	case h.Length > maxLength7:
		n += 2
	}
	if h.Masked {
		n += len(h.Key)
	}
	return n
}
