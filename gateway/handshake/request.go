package handshake

import (
	"net/textproto"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// Request is an opening handshake that obeys RFC 6455 4.2.1. It shares no
// memory with the bytes it was read from. Subprotocols, Key and Header share a
// copy of them; the other fields may be kept for the life of a session without
// keeping that alive.
type Request struct {
	// Host is what was asked for: lower case, no port, no brackets, no final dot.
	// From an absolute-form target or else from the Host field.
	Host string
	// Authority is Host as the client wrote it, with its port if it gave one; in
	// lower case.
	Authority string
	// Path is decoded, begins with "/" and has no dot segments.
	Path string
	// RawQuery is not decoded and has no "?".
	RawQuery string
	// Origin is empty where none was sent.
	Origin string
	// Subprotocols are those offered, in the client's order: at most 32 distinct
	// tokens of at most 128 bytes each.
	Subprotocols []string
	// Key is 24 characters of base64.
	Key string
	// Header is every field, by canonical name.
	Header textproto.MIMEHeader
}

// Parse reads a request header: everything up to and with the empty line. It
// is safe for concurrent use and keeps no part of header.
//
// What is not HTTP/1.1 at all is refused first, then in this order: another
// method, no upgrade to websocket, another version, and what breaks the other
// rules of RFC 6455 4.2.1.
func Parse(header []byte) (*Request, *Refusal) {
	line, lines, ok := strings.Cut(string(header), "\r\n")
	if !ok {
		return nil, Refuse(Malformed, "the request line does not end with CRLF (RFC 7230 3)")
	}
	first, refusal := parseRequestLine(line)
	if refusal != nil {
		return nil, refusal
	}
	fields, refusal := parseFields(lines)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := checkUpgrade(first, fields); refusal != nil {
		return nil, refusal
	}
	return newRequest(first, fields)
}

// requestLine is the first line of a request, its syntax known to be right but
// for the target.
type requestLine struct {
	method, target string
	minor          byte // the digit x of HTTP/1.x
}

func parseRequestLine(line string) (requestLine, *Refusal) {
	method, rest, _ := strings.Cut(line, " ")
	target, protocol, ok := strings.Cut(rest, " ")
	if !ok || target == "" || !httpguts.ValidHeaderFieldName(method) {
		return requestLine{}, refusef(Malformed, "%s is not a request line (RFC 7230 3.1.1)", quote(line))
	}
	minor, ok := strings.CutPrefix(protocol, "HTTP/1.")
	if !ok || len(minor) != 1 || minor[0] < '0' || minor[0] > '9' {
		return requestLine{}, refusef(Malformed, "%s is not HTTP/1.1 (RFC 6455 4.2.1)", quote(protocol))
	}
	return requestLine{method: method, target: target, minor: minor[0]}, nil
}

// checkUpgrade tells requests that want a WebSocket, of the version spoken
// here, from all others.
func checkUpgrade(first requestLine, fields textproto.MIMEHeader) *Refusal {
	versions := fields["Sec-Websocket-Version"]
	switch {
	case first.method != "GET":
		return refusef(Method, "the method is %s; a WebSocket begins with GET (RFC 6455 4.2.1)", quote(first.method))
	// "A server MUST ignore an Upgrade header field that is received in an
	// HTTP/1.0 request" (RFC 7230 6.7).
	case first.minor == '0':
		return Refuse(NotWebSocket, "HTTP/1.0 has no upgrade; a WebSocket begins with HTTP/1.1 (RFC 6455 4.2.1)")
	case !httpguts.HeaderValuesContainsToken(fields["Upgrade"], websocket):
		return Refuse(NotWebSocket, "this is a WebSocket endpoint: send Upgrade: websocket (RFC 6455 4.2.1)")
	case !httpguts.HeaderValuesContainsToken(fields["Connection"], "upgrade"):
		return Refuse(NotWebSocket, "this is a WebSocket endpoint: send Connection: Upgrade (RFC 6455 4.2.1)")
	case len(versions) > 1:
		return Refuse(Malformed, "Sec-WebSocket-Version is there more than once (RFC 6455 11.3.5)")
	case len(versions) == 0 || versions[0] != version:
		return Refuse(Version, "Sec-WebSocket-Version must be 13 (RFC 6455 4.2.1)")
	}
	return nil
}

// newRequest checks the rest of the rules.
func newRequest(first requestLine, fields textproto.MIMEHeader) (*Request, *Refusal) {
	if refusal := checkFields(fields); refusal != nil {
		return nil, refusal
	}
	at, refusal := parseTarget(first.target, fields["Host"][0])
	if refusal != nil {
		return nil, refusal
	}
	offered, refusal := parseSubprotocols(fields["Sec-Websocket-Protocol"])
	if refusal != nil {
		return nil, refusal
	}
	return &Request{
		Host:         at.host,
		Authority:    at.authority,
		Path:         at.path,
		RawQuery:     at.rawQuery,
		Origin:       strings.Clone(fields.Get("Origin")),
		Subprotocols: offered,
		Key:          fields["Sec-Websocket-Key"][0],
		Header:       fields,
	}, nil
}

// checkFields holds the fields that are not lists to what they may be.
func checkFields(fields textproto.MIMEHeader) *Refusal {
	keys := fields["Sec-Websocket-Key"]
	switch {
	case len(fields["Host"]) != 1:
		return refusef(Malformed, "the Host field is there %d times, not once (RFC 7230 5.4)", len(fields["Host"]))
	case len(keys) != 1:
		return refusef(Malformed, "the Sec-WebSocket-Key field is there %d times, not once (RFC 6455 11.3.1)", len(keys))
	case !validKey(keys[0]):
		return refusef(Malformed, "Sec-WebSocket-Key %s is not 16 bytes of base64 (RFC 6455 4.2.1)", quote(keys[0]))
	case len(fields["Origin"]) > 1:
		return Refuse(Malformed, "the Origin field is there more than once (RFC 6454 7.3)")
	// What came behind the header would be read as frames here and as a body by
	// others.
	case len(fields["Transfer-Encoding"]) > 0:
		return Refuse(Malformed, "a handshake has no body: Transfer-Encoding is not allowed")
	}
	for _, length := range fields["Content-Length"] {
		if length != "0" {
			return refusef(Malformed, "a handshake has no body: Content-Length %s is not allowed", quote(length))
		}
	}
	return nil
}
