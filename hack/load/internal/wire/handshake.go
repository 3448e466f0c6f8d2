package wire

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// handshakeKey and handshakeAccept are the example of RFC 6455 1.3. A server
// must compute the second from the first, whatever it is; one pair for all
// sessions saves the client the same work.
const (
	handshakeKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	handshakeAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	acceptGUID      = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
)

// MaxHead bounds the header of a request or an answer.
const MaxHead = 8 << 10

var blankLine = []byte("\r\n\r\n")

// Request is a client's opening handshake. An empty subprotocol offers none.
func Request(host, target, subprotocol string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", target, host)
	fmt.Fprintf(&b, "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n", handshakeKey)
	if subprotocol != "" {
		fmt.Fprintf(&b, "Sec-WebSocket-Protocol: %s\r\n", subprotocol)
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// RefusedError is an answer other than 101.
type RefusedError struct{ Status int }

func (e *RefusedError) Error() string { return "the server answered " + strconv.Itoa(e.Status) }

// HeadEnd is where the header in b ends, its blank line included; -1 while it
// is not all there. A header over MaxHead is an error.
func HeadEnd(b []byte) (int, error) {
	end := bytes.Index(b, blankLine)
	switch {
	case end >= 0 && end+len(blankLine) <= MaxHead:
		return end + len(blankLine), nil
	case end < 0 && len(b) < MaxHead:
		return -1, nil
	}
	return 0, fmt.Errorf("wire: a header is longer than %d bytes", MaxHead)
}

// CheckAnswer verifies a server's answer, from its status line to its blank
// line: 101, the accept value, and the subprotocol if one was asked for.
func CheckAnswer(head []byte, subprotocol string) error {
	line, fields, _ := strings.Cut(string(head), "\r\n")
	parts := strings.SplitN(line, " ", 3)
	if len(parts) < 2 || parts[0] != "HTTP/1.1" {
		return fmt.Errorf("wire: %q is no HTTP/1.1 status line", line)
	}
	status, err := strconv.Atoi(parts[1])
	if err != nil {
		return fmt.Errorf("wire: %q is no HTTP/1.1 status line", line)
	}
	if status != 101 {
		return &RefusedError{Status: status}
	}
	if got := field(fields, "Sec-WebSocket-Accept"); got != handshakeAccept {
		return fmt.Errorf("wire: Sec-WebSocket-Accept is %q, want %q", got, handshakeAccept)
	}
	if got := field(fields, "Sec-WebSocket-Protocol"); subprotocol != "" && got != subprotocol {
		return fmt.Errorf("wire: the server chose subprotocol %q, want %q", got, subprotocol)
	}
	return nil
}

// Answer is a server's 101 to the request whose header is head. It takes the
// client's first subprotocol.
func Answer(head []byte) ([]byte, error) {
	line, fields, _ := strings.Cut(string(head), "\r\n")
	clientKey := field(fields, "Sec-WebSocket-Key")
	if !strings.HasPrefix(line, "GET ") || clientKey == "" {
		return nil, fmt.Errorf("wire: %q is no opening handshake", line)
	}
	sum := sha1.Sum([]byte(clientKey + acceptGUID))
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	if offered := field(fields, "Sec-WebSocket-Protocol"); offered != "" {
		first, _, _ := strings.Cut(offered, ",")
		answer += "Sec-WebSocket-Protocol: " + strings.TrimSpace(first) + "\r\n"
	}
	return []byte(answer + "\r\n"), nil
}

// field is the value of the first header field of that name, or empty.
func field(fields, name string) string {
	for line := range strings.SplitSeq(fields, "\r\n") {
		key, value, found := strings.Cut(line, ":")
		if found && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
