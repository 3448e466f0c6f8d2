package gatewaytest

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"
)

// Opcodes of RFC 6455 5.2.
const (
	OpContinuation byte = 0x0
	OpText         byte = 0x1
	OpBinary       byte = 0x2
	OpClose        byte = 0x8
	OpPing         byte = 0x9
	OpPong         byte = 0xA
)

// Width is how many bits the length of a frame takes on the wire.
type Width int

// Widths of RFC 6455 5.2. Shortest is what the payload's length asks for.
const (
	Shortest Width = 0
	Bits7    Width = 7
	Bits16   Width = 16
	Bits64   Width = 64
)

// Frame is one frame, sound or not. The constructors give what a client may
// send; the fields can then break any rule.
type Frame struct {
	Fin bool
	// RSV are the three reserved bits; RSV1 is 4.
	RSV     byte
	Op      byte
	Masked  bool
	Key     [4]byte
	Payload []byte
	// Width forces an encoding of the length.
	Width Width
	// Claim is the length the header tells, where it is not the payload's.
	Claim *uint64
}

// maxHeader is what a header may have: two bytes, the longest length, a key.
const maxHeader = 2 + 8 + 4

// testKey has no zero byte, so that a mask that is forgotten shows.
var testKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

func frame(op byte, payload []byte) Frame {
	return Frame{Fin: true, Op: op, Masked: true, Key: testKey, Payload: payload}
}

// Text is an unfragmented text message.
func Text(s string) Frame { return frame(OpText, []byte(s)) }

// Binary is an unfragmented binary message.
func Binary(p []byte) Frame { return frame(OpBinary, p) }

// Continuation is the last fragment of a message.
func Continuation(p []byte) Frame { return frame(OpContinuation, p) }

// Ping carries p.
func Ping(p []byte) Frame { return frame(OpPing, p) }

// Pong carries p.
func Pong(p []byte) Frame { return frame(OpPong, p) }

// Close carries a code and a reason, whether or not they may be sent.
func Close(code uint16, reason string) Frame {
	return frame(OpClose, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// CloseRaw carries p in place of a code and a reason.
func CloseRaw(p []byte) Frame { return frame(OpClose, p) }

// Part is f without FIN: more of the message follows.
func (f Frame) Part() Frame { f.Fin = false; return f }

// Unmasked is f as only a server may send it.
func (f Frame) Unmasked() Frame { f.Masked = false; return f }

// WithRSV is f with reserved bits set.
func (f Frame) WithRSV(bits byte) Frame { f.RSV = bits; return f }

// WithKey is f under another masking key.
func (f Frame) WithKey(key [4]byte) Frame { f.Key = key; return f }

// WithWidth is f with its length in so many bits.
func (f Frame) WithWidth(w Width) Frame { f.Width = w; return f }

// Claiming is f with a header that tells another length than the payload's.
func (f Frame) Claiming(length uint64) Frame { f.Claim = &length; return f }

// Append encodes f at the end of b. The payload itself is left as it is.
func (f Frame) Append(b []byte) []byte {
	first := f.RSV<<4 | f.Op
	if f.Fin {
		first |= 0x80
	}
	b = f.appendLength(append(b, first))
	if !f.Masked {
		return append(b, f.Payload...)
	}
	b = append(b, f.Key[:]...)
	start := len(b)
	b = append(b, f.Payload...)
	// By the block: under the race detector a byte at a time takes seconds.
	key := bytes.Repeat(f.Key[:], min(256, (len(f.Payload)+3)/4))
	for rest := b[start:]; len(rest) > 0; {
		rest = rest[subtle.XORBytes(rest, rest, key):]
	}
	return b
}

func (f Frame) appendLength(b []byte) []byte {
	length := uint64(len(f.Payload))
	if f.Claim != nil {
		length = *f.Claim
	}
	var mask byte
	if f.Masked {
		mask = 0x80
	}
	switch f.width(length) {
	case Bits7:
		return append(b, mask|byte(length))
	case Bits16:
		return binary.BigEndian.AppendUint16(append(b, mask|126), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(b, mask|127), length)
	}
}

func (f Frame) width(length uint64) Width {
	switch {
	case f.Width != Shortest:
		return f.Width
	case length < 126:
		return Bits7
	case length < 1<<16:
		return Bits16
	default:
		return Bits64
	}
}

// Equal reports whether f and g say the same, however they are masked.
func (f Frame) Equal(g Frame) bool {
	return f.Fin == g.Fin && f.RSV == g.RSV && f.Op == g.Op && slices.Equal(f.Payload, g.Payload)
}

// maxPrinted bounds how much of a payload a failing test prints.
const maxPrinted = 64

// String is f for a failing test's message.
func (f Frame) String() string {
	name, known := map[byte]string{
		OpContinuation: "continuation", OpText: "text", OpBinary: "binary",
		OpClose: "close", OpPing: "ping", OpPong: "pong",
	}[f.Op]
	if !known {
		name = fmt.Sprintf("opcode %#x", f.Op)
	}
	if !f.Fin {
		name += " (part)"
	}
	if f.Op == OpClose && len(f.Payload) >= 2 {
		return fmt.Sprintf("%s %d %q", name, binary.BigEndian.Uint16(f.Payload), f.Payload[2:])
	}
	if len(f.Payload) > maxPrinted {
		return fmt.Sprintf("%s %q… (%d bytes)", name, f.Payload[:maxPrinted], len(f.Payload))
	}
	return fmt.Sprintf("%s %q", name, f.Payload)
}
