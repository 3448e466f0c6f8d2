package gatewaytest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxServerFrame bounds what the test takes from the gateway in one frame.
const maxServerFrame = 64 << 20

// Reader reads the frames of a server and holds it to every rule that RFC 6455
// has for one. It is not safe for concurrent use.
type Reader struct {
	r io.Reader
	// message is the opcode of the message that is open; zero where none is.
	message byte
	// tail is the unfinished character at the end of the open text message.
	tail   []byte
	closed bool
}

// NewReader returns a Reader of the frames in r.
func NewReader(r io.Reader) *Reader { return &Reader{r: r} }

// Next returns the next frame. io.EOF means that the stream ended between two
// frames; any other error is a broken rule, or the connection's.
func (r *Reader) Next() (Frame, error) {
	f, err := r.header()
	if err != nil {
		return Frame{}, err
	}
	if err := r.check(f); err != nil {
		return f, err
	}
	f.Payload = make([]byte, *f.Claim)
	f.Claim = nil
	if _, err := io.ReadFull(r.r, f.Payload); err != nil {
		return f, fmt.Errorf("payload of %v: %w", f, unexpected(err))
	}
	return f, r.follow(f)
}

// header reads a frame up to its payload; Claim is the length it tells.
func (r *Reader) header() (Frame, error) {
	var b [8]byte
	if _, err := io.ReadFull(r.r, b[:1]); err != nil {
		return Frame{}, err
	}
	f := Frame{Fin: b[0]&0x80 != 0, RSV: b[0] >> 4 & 7, Op: b[0] & 0xf}
	if _, err := io.ReadFull(r.r, b[:1]); err != nil {
		return f, fmt.Errorf("header: %w", unexpected(err))
	}
	if f.Masked = b[0]&0x80 != 0; f.Masked {
		return f, errors.New(`5.1: "A server MUST NOT mask any frames that it sends to the client"`)
	}
	length := uint64(b[0] & 0x7f)
	extended := map[uint64]int{126: 2, 127: 8}[length]
	if extended > 0 {
		if _, err := io.ReadFull(r.r, b[8-extended:]); err != nil {
			return f, fmt.Errorf("header: %w", unexpected(err))
		}
		clear(b[:8-extended])
		length = binary.BigEndian.Uint64(b[:])
	}
	if extended == 2 && length < 126 || extended == 8 && length < 1<<16 {
		return f, fmt.Errorf(`5.2: length %d in %d bytes: "the minimal number of bytes MUST be used"`, length, extended)
	}
	if length > maxServerFrame {
		return f, fmt.Errorf("a frame of %d bytes is more than this test expects", length)
	}
	f.Claim = &length
	return f, nil
}

// check holds the header against the rules of RFC 6455 section 5.
func (r *Reader) check(f Frame) error {
	control := f.Op >= OpClose
	switch {
	case r.closed:
		return fmt.Errorf("5.5.1: a frame with opcode %#x after the Close frame", f.Op)
	case f.RSV != 0:
		return fmt.Errorf("5.2: reserved bits %03b without an extension", f.RSV)
	case f.Op > OpBinary && f.Op < OpClose || f.Op > OpPong:
		return fmt.Errorf("5.2: opcode %#x is reserved", f.Op)
	case control && (!f.Fin || *f.Claim > 125):
		return fmt.Errorf("5.5: a control frame of %d bytes, FIN %t", *f.Claim, f.Fin)
	case f.Op == OpContinuation && r.message == 0:
		return errors.New("5.4: a continuation of nothing")
	case !control && f.Op != OpContinuation && r.message != 0:
		return errors.New("5.4: a new message inside a fragmented one")
	}
	return nil
}

// follow keeps the state between frames and looks into the payload.
func (r *Reader) follow(f Frame) error {
	switch f.Op {
	case OpClose:
		r.closed = true
		return checkClose(f.Payload)
	case OpPing, OpPong:
		return nil
	case OpText, OpBinary:
		r.message, r.tail = f.Op, nil
	}
	if r.message == OpText {
		if err := r.checkText(f); err != nil {
			return err
		}
	}
	if f.Fin {
		r.message = 0
	}
	return nil
}

func (r *Reader) checkText(f Frame) error {
	p := append(r.tail, f.Payload...)
	for len(p) > 0 {
		if !f.Fin && !utf8.FullRune(p) {
			break
		}
		c, size := utf8.DecodeRune(p)
		if c == utf8.RuneError && size <= 1 {
			return fmt.Errorf("8.1: a text message of the gateway is not UTF-8 at %q", p[:min(len(p), maxPrinted)])
		}
		p = p[size:]
	}
	r.tail = append([]byte(nil), p...)
	return nil
}

func checkClose(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if len(p) == 1 {
		return errors.New("5.5.1: a Close payload of one byte")
	}
	code := binary.BigEndian.Uint16(p)
	sendable := code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
	if !sendable {
		return fmt.Errorf("7.4: close code %d must not be sent", code)
	}
	if !utf8.Valid(p[2:]) {
		return fmt.Errorf("5.5.1: close reason %q is not UTF-8", p[2:])
	}
	return nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
