package frame

import (
	"encoding/binary"
	"unicode/utf8"
)

// Close codes that the codec itself gives out (RFC 6455 7.4.1).
const (
	// ProtocolError: the peer broke the protocol.
	ProtocolError uint16 = 1002
	// NoStatus stands for a Close frame without a code; it is never sent.
	NoStatus uint16 = 1005
	// InvalidPayload: the data does not fit its type, as text that is not UTF-8.
	InvalidPayload uint16 = 1007
)

// closeCodeSize is the length of a close code, in bytes.
const closeCodeSize = 2

// MaxReason is the longest reason of a Close frame, in bytes.
const MaxReason = MaxControl - closeCodeSize

var (
	errCloseLength = broken("5.5.1", "the body of a Close frame is empty or begins with a 2-byte code")
	errCloseCode   = broken("7.4", "a close code is one that may be sent")
	errCloseReason = &Violation{Code: InvalidPayload, Section: "8.1", Rule: "the reason of a Close frame is UTF-8"}
)

// AppendClose appends the payload of a Close frame to b. The codes 0 and
// NoStatus give an empty payload; any other must be a ValidCode. reason must be
// UTF-8, and is cut to MaxReason bytes between two characters.
func AppendClose(b []byte, code uint16, reason string) []byte {
	if code == 0 || code == NoStatus {
		return b
	}
	b = binary.BigEndian.AppendUint16(b, code)
	return append(b, cut(reason, MaxReason)...)
}

// cut is the longest beginning of s that has at most limit bytes and ends
// between two characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// ParseClose decodes the unmasked payload of a Close frame. An empty one has
// the code NoStatus. reason is part of p.
//
// The error is a *Violation: a payload of one byte or a code that may not be
// sent (ProtocolError), a reason that is not UTF-8 (InvalidPayload). The code
// is then 0.
func ParseClose(p []byte) (code uint16, reason []byte, err error) {
	if len(p) == 0 {
		return NoStatus, nil, nil
	}
	if len(p) < closeCodeSize {
		return 0, nil, errCloseLength
	}
	code, reason = binary.BigEndian.Uint16(p), p[closeCodeSize:]
	if !ValidCode(code) {
		return 0, nil, errCloseCode
	}
	if !utf8.Valid(reason) {
		return 0, nil, errCloseReason
	}
	return code, reason, nil
}

// ValidCode reports whether code may stand in a Close frame: those that
// RFC 6455 7.4.1 and IANA's registry define for the wire (1004, 1005, 1006 and
// 1015 are set aside), and 3000 to 4999, which are free for libraries and
// applications (7.4.2).
func ValidCode(code uint16) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014:
		return true
	default:
		return code >= 3000 && code <= 4999
	}
}
