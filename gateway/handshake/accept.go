package handshake

import (
	"crypto/sha1"
	"encoding/base64"
)

const (
	// keyLength is that of 16 bytes in base64.
	keyLength = 24
	// guid is what the key is hashed with (RFC 6455 1.3).
	guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
)

// AppendAccept appends the 101 answer to dst. It names subprotocol as the one
// chosen, or none where that is empty; subprotocol must be one of those
// offered.
func (r *Request) AppendAccept(dst []byte, subprotocol string) []byte {
	dst = append(dst, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	dst = appendAcceptKey(dst, r.Key)
	if subprotocol != "" {
		dst = append(dst, "\r\nSec-WebSocket-Protocol: "...)
		dst = append(dst, subprotocol...)
	}
	return append(dst, "\r\n\r\n"...)
}

// appendAcceptKey appends the proof that the key was seen (RFC 6455 4.2.2, 5.4).
func appendAcceptKey(dst []byte, key string) []byte {
	var b [keyLength + len(guid)]byte
	sum := sha1.Sum(append(append(b[:0], key...), guid...))
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}

// validKey tells whether key is "a base64-encoded [...] value that, when decoded,
// is 16 bytes in length" (RFC 6455 4.2.1), in its one canonical spelling.
func validKey(key string) bool {
	if len(key) != keyLength {
		return false
	}
	var b [18]byte // what 24 characters can decode to at most
	n, err := base64.StdEncoding.Strict().Decode(b[:], []byte(key))
	return err == nil && n == 16
}
