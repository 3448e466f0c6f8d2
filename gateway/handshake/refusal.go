package handshake

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// maxMessage bounds the body of a refusal, in bytes.
const maxMessage = 512

// Refusal is the answer to a request that does not become a session. Make one
// with Refuse; the fields may then be changed until it is sent.
type Refusal struct {
	// Status is the HTTP status, 4xx or 5xx.
	Status int
	// Result is the word for metrics and logs.
	Result Result
	// Message is the body: one line for people, at most 512 bytes of it. What is
	// not printable ASCII is sent as "?".
	Message string

	// Header fields beside those that every refusal has; empty or zero sends
	// none.

	// Allow are the methods that would do.
	Allow string
	// Upgrade is the protocol to upgrade to.
	Upgrade string
	// Version is Sec-WebSocket-Version: the versions that would do.
	Version string
	// Challenge is WWW-Authenticate.
	Challenge string
	// RetryAfter is sent in whole seconds, rounded up.
	RetryAfter time.Duration
	// Date is when the answer was made. Only "if it does not have a clock" may a
	// server leave it out (RFC 7231 7.1.1.2), and this package has none.
	Date time.Time
}

// Refuse is the refusal for result, with the status and header fields that
// belong to it. A result that is none of Results, or OK, is Internal.
func Refuse(result Result, message string) *Refusal {
	r := table[len(table)-1]
	for i := range table {
		if table[i].Result == result {
			r = table[i]
		}
	}
	r.Message = message
	return &r
}

// refusef is Refuse with a formatted message.
func refusef(result Result, format string, args ...any) *Refusal {
	return Refuse(result, fmt.Sprintf(format, args...))
}

// Error says what was refused and why. It may hold bytes from the client; they
// are quoted where this package put them there.
func (r *Refusal) Error() string {
	return string(r.Result) + ": " + r.Message
}

// Append appends the whole answer, header and body, to dst. The connection is
// to be closed after it.
func (r *Refusal) Append(dst []byte) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(r.Status), 10)
	dst = append(dst, ' ')
	dst = append(dst, http.StatusText(r.Status)...)
	dst = append(dst, "\r\n"...)
	dst = r.appendFields(dst)

	body := r.Message[:min(len(r.Message), maxMessage)]
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)+1), 10)
	dst = append(dst, "\r\n\r\n"...)
	return append(appendPrintable(dst, body), '\n')
}

func (r *Refusal) appendFields(dst []byte) []byte {
	// "A sender of Upgrade MUST also send an "Upgrade" connection option in the
	// Connection header field" (RFC 9110 7.8).
	connection := "close"
	if r.Upgrade != "" {
		connection = "close, Upgrade"
	}
	dst = appendField(dst, "Connection", connection)
	dst = appendField(dst, "Upgrade", r.Upgrade)
	dst = appendField(dst, "Sec-WebSocket-Version", r.Version)
	dst = appendField(dst, "Allow", r.Allow)
	dst = appendField(dst, "WWW-Authenticate", r.Challenge)
	if r.RetryAfter > 0 {
		seconds := (r.RetryAfter + time.Second - 1) / time.Second
		dst = appendField(dst, "Retry-After", strconv.FormatInt(int64(seconds), 10))
	}
	if !r.Date.IsZero() {
		dst = appendField(dst, "Date", r.Date.UTC().Format(http.TimeFormat))
	}
	dst = appendField(dst, "Content-Type", "text/plain; charset=utf-8")
	return appendField(dst, "X-Content-Type-Options", "nosniff")
}

// appendField appends one header line, or nothing where value is empty.
func appendField(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = appendPrintable(dst, value)
	return append(dst, "\r\n"...)
}

// appendPrintable appends s, byte for byte, with "?" for what could end the
// line or confuse a terminal.
func appendPrintable(dst []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' {
			c = '?'
		}
		dst = append(dst, c)
	}
	return dst
}

// quote makes bytes from the client fit for a message: escaped, and cut.
func quote(s string) string {
	const most = 64
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "..."
	}
	return strconv.QuoteToASCII(s)
}
