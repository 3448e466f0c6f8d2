// Package wire is as much of WebSocket as a load generator needs, from both
// ends: frames, the opening handshake, and a payload whose bytes tell where
// they belong. It shares no code with the gateway, so that a fault there is
// not repeated, and so hidden, here.
package wire

import (
	"encoding/binary"
	"errors"
)

// Opcodes (RFC 6455 5.2).
const (
	Continuation = 0x0
	Text         = 0x1
	Binary       = 0x2
	Close        = 0x8
	Ping         = 0x9
	Pong         = 0xA
)

const (
	finBit  = 0x80
	maskBit = 0x80
	// MaxHeader is the longest frame header: 2 + 8 + 4 bytes.
	MaxHeader = 14
	// MaxControl is the longest payload of a control frame (RFC 6455 5.5).
	MaxControl = 125
)

// key masks every frame of every session. RFC 6455 5.3 wants an unpredictable
// key for each frame, against scripts that poison caches between here and the
// server. There is no such script in a load generator, and one key lets a
// frame be built once and sent for ever. It is not zero, so that the server
// has all the work of unmasking.
var key = [4]byte{0x53, 0x77, 0x79, 0xA5}

// AppendClientFrame appends a final, masked frame.
func AppendClientFrame(b []byte, opcode byte, payload []byte) []byte {
	b = appendHeader(b, opcode|finBit, maskBit, uint64(len(payload)))
	b = append(b, key[:]...)
	start := len(b)
	b = append(b, payload...)
	Mask(b[start:], key, 0)
	return b
}

// AppendServerFrame appends a final, unmasked frame.
func AppendServerFrame(b []byte, opcode byte, payload []byte) []byte {
	return append(appendHeader(b, opcode|finBit, 0, uint64(len(payload))), payload...)
}

// AppendServerHeader appends the header of an unmasked frame whose payload the
// caller appends piece by piece.
func AppendServerHeader(b []byte, fin bool, opcode byte, length uint64) []byte {
	if fin {
		opcode |= finBit
	}
	return appendHeader(b, opcode, 0, length)
}

func appendHeader(b []byte, first, mask byte, length uint64) []byte {
	switch {
	case length <= 125:
		return append(b, first, mask|byte(length))
	case length <= 0xFFFF:
		return binary.BigEndian.AppendUint16(append(b, first, mask|126), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(b, first, mask|127), length)
	}
}

// Mask XORs b in place with key; pos is the offset of b[0] in its payload.
func Mask(b []byte, key [4]byte, pos uint64) {
	for pos%4 != 0 && len(b) > 0 {
		b[0] ^= key[pos%4]
		b, pos = b[1:], pos+1
	}
	word := uint64(binary.LittleEndian.Uint32(key[:]))
	word |= word << 32
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^word)
	}
	for i := range b {
		b[i] ^= key[i%4]
	}
}

// Span is a piece of one frame: as much of its payload as has arrived.
type Span struct {
	Opcode byte
	Fin    bool
	Masked bool
	Key    [4]byte
	// Length is that of the whole frame's payload, Offset where Payload
	// begins in it.
	Length, Offset uint64
	// Payload is still masked where Masked. It lies in the scanned bytes.
	Payload []byte
}

// First reports that the frame's header ended right before this span.
func (s Span) First() bool { return s.Offset == 0 }

// Last reports that the frame ends with this span.
func (s Span) Last() bool { return s.Offset+uint64(len(s.Payload)) == s.Length }

var (
	errReserved = errors.New("wire: a reserved bit is set")
	errControl  = errors.New("wire: a control frame is longer than 125 bytes")
	errLength   = errors.New("wire: the top bit of a 64-bit length is set")
)

// Scanner cuts a byte stream into spans, wherever reads have cut it. The zero
// value stands before the first frame.
type Scanner struct {
	header [MaxHeader]byte
	have   int // bytes in header
	inside bool
	span   Span // of the frame that is open
}

// Next takes the next span from b and returns the rest of b. ok is false when
// b ended inside a header: all of it was taken. A zero-length frame is one
// empty span.
func (s *Scanner) Next(b []byte) (span Span, rest []byte, ok bool, err error) {
	if !s.inside {
		b, ok, err = s.readHeader(b)
		if err != nil || !ok {
			return Span{}, b, false, err
		}
		if len(b) == 0 && s.span.Length > 0 {
			return Span{}, b, false, nil
		}
	} else if len(b) == 0 {
		return Span{}, b, false, nil
	}
	n := min(uint64(len(b)), s.span.Length-s.span.Offset)
	span = s.span
	span.Payload = b[:n]
	s.span.Offset += n
	s.inside = !span.Last()
	return span, b[n:], true, nil
}

// readHeader collects a header; ok is false while it is not whole.
func (s *Scanner) readHeader(b []byte) (rest []byte, ok bool, err error) {
	for {
		want := s.headerSize()
		n := copy(s.header[s.have:want], b)
		s.have += n
		b = b[n:]
		if s.have < want {
			return b, false, nil
		}
		if want == s.headerSize() {
			break
		}
	}
	s.span, err = parseHeader(s.header[:s.have])
	s.have = 0
	s.inside = err == nil
	return b, err == nil, err
}

// headerSize is how long the header is as far as the bytes so far tell.
func (s *Scanner) headerSize() int {
	if s.have < 2 {
		return 2
	}
	size := 2
	switch s.header[1] &^ maskBit {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if s.header[1]&maskBit != 0 {
		size += 4
	}
	return size
}

// parseHeader reads a whole header.
func parseHeader(h []byte) (Span, error) {
	span := Span{Fin: h[0]&finBit != 0, Opcode: h[0] & 0x0F, Masked: h[1]&maskBit != 0}
	if h[0]&0x70 != 0 {
		return Span{}, errReserved
	}
	span.Length = uint64(h[1] &^ maskBit)
	switch span.Length {
	case 126:
		span.Length = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		span.Length = binary.BigEndian.Uint64(h[2:])
	}
	if span.Length>>63 != 0 {
		return Span{}, errLength
	}
	if span.Opcode >= Close && span.Length > MaxControl {
		return Span{}, errControl
	}
	if span.Masked {
		copy(span.Key[:], h[len(h)-4:])
	}
	return span, nil
}
