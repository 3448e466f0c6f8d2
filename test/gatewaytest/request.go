package gatewaytest

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Key is the Sec-WebSocket-Key of RFC 6455 1.3.
const Key = "dGhlIHNhbXBsZSBub25jZQ=="

// acceptGUID is RFC 6455 1.3's.
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Accept is the Sec-WebSocket-Accept that answers key (RFC 6455 4.2.2).
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + acceptGUID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Request is an opening handshake, line by line, so that a test can break it.
type Request struct {
	Method, Target, Proto string
	Header                []Field
}

// Field is one header line.
type Field struct{ Name, Value string }

// Upgrade is a sound opening handshake for path, in RFC 6455's own order.
func Upgrade(path string, subprotocols ...string) *Request {
	r := &Request{Method: "GET", Target: path, Proto: "HTTP/1.1", Header: []Field{
		{"Host", ServerName},
		{"Upgrade", "websocket"},
		{"Connection", "Upgrade"},
		{"Sec-WebSocket-Key", Key},
		{"Sec-WebSocket-Version", "13"},
	}}
	if len(subprotocols) > 0 {
		r.Add("Sec-WebSocket-Protocol", strings.Join(subprotocols, ", "))
	}
	return r
}

// Add puts one more line at the end.
func (r *Request) Add(name, value string) *Request {
	r.Header = append(r.Header, Field{name, value})
	return r
}

// Drop takes all lines of that name away.
func (r *Request) Drop(name string) *Request {
	r.Header = slices.DeleteFunc(r.Header, func(f Field) bool { return strings.EqualFold(f.Name, name) })
	return r
}

// Set replaces all lines of that name by one at the end.
func (r *Request) Set(name, value string) *Request { return r.Drop(name).Add(name, value) }

// String is the request as it goes over the wire.
func (r *Request) String() string {
	var b strings.Builder
	b.WriteString(r.Method + " " + r.Target + " " + r.Proto + "\r\n")
	for _, f := range r.Header {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}

// Answer is the gateway's HTTP answer.
type Answer struct {
	*http.Response
	Text string
}

// maxAnswer bounds the body of an answer.
const maxAnswer = 64 << 10

// readAnswer reads one answer to a request with this method.
func readAnswer(tb testing.TB, in *bufio.Reader, method string) *Answer {
	tb.Helper()
	response, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		tb.Fatalf("reading the answer to the handshake: %v", err)
	}
	a := &Answer{Response: response}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return a
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		tb.Fatalf("reading the body of %s: %v", response.Status, err)
	}
	a.Text = string(body)
	return a
}
