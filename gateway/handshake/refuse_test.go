package handshake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRefusesWhatIsNoUpgrade(t *testing.T) {
	const (
		method  = "405 Method Not Allowed\r\nConnection: close\r\nAllow: GET"
		upgrade = "426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket"
	)
	for name, tc := range map[string]struct {
		header string
		result Result
		answer string
	}{
		"a method that is not GET": {
			header: helloOf("POST /chat HTTP/1.1"),
			result: Method,
			answer: answer(method, `the method is "POST"; a WebSocket begins with GET (RFC 6455 4.2.1)`),
		},
		"a method in lower case, for methods are case-sensitive": {
			header: helloOf("get /chat HTTP/1.1"),
			result: Method,
			answer: answer(method, `the method is "get"; a WebSocket begins with GET (RFC 6455 4.2.1)`),
		},
		"the method before all else": {
			header: helloOf("HEAD /../ HTTP/1.0", "-Upgrade", "-Sec-WebSocket-Version", "-Host"),
			result: Method,
			answer: answer(method, `the method is "HEAD"; a WebSocket begins with GET (RFC 6455 4.2.1)`),
		},
		"HTTP/1.0": {
			header: helloOf("GET /chat HTTP/1.0"),
			result: NotWebSocket,
			answer: answer(upgrade, `HTTP/1.0 has no upgrade; a WebSocket begins with HTTP/1.1 (RFC 6455 4.2.1)`),
		},
		"no Upgrade": {
			header: helloOf("-Upgrade"),
			result: NotWebSocket,
			answer: answer(upgrade, `this is a WebSocket endpoint: send Upgrade: websocket (RFC 6455 4.2.1)`),
		},
		"an Upgrade to something else": {
			header: helloOf("Upgrade: h2c, websockets"),
			result: NotWebSocket,
			answer: answer(upgrade, `this is a WebSocket endpoint: send Upgrade: websocket (RFC 6455 4.2.1)`),
		},
		"no Connection": {
			header: helloOf("-Connection"),
			result: NotWebSocket,
			answer: answer(upgrade, `this is a WebSocket endpoint: send Connection: Upgrade (RFC 6455 4.2.1)`),
		},
		"a Connection without Upgrade": {
			header: helloOf("Connection: keep-alive, Upgrades"),
			result: NotWebSocket,
			answer: answer(upgrade, `this is a WebSocket endpoint: send Connection: Upgrade (RFC 6455 4.2.1)`),
		},
		"no version": {
			header: helloOf("-Sec-WebSocket-Version"),
			result: Version,
			answer: answer(upgrade+"\r\nSec-WebSocket-Version: 13", `Sec-WebSocket-Version must be 13 (RFC 6455 4.2.1)`),
		},
		"another version": {
			header: helloOf("Sec-WebSocket-Version: 8"),
			result: Version,
			answer: answer(upgrade+"\r\nSec-WebSocket-Version: 13", `Sec-WebSocket-Version must be 13 (RFC 6455 4.2.1)`),
		},
		"a list of versions is no version": {
			header: helloOf("Sec-WebSocket-Version: 13, 8"),
			result: Version,
			answer: answer(upgrade+"\r\nSec-WebSocket-Version: 13", `Sec-WebSocket-Version must be 13 (RFC 6455 4.2.1)`),
		},
		"the version before what is malformed": {
			header: helloOf("Sec-WebSocket-Version: 14", "-Host", "-Sec-WebSocket-Key"),
			result: Version,
			answer: answer(upgrade+"\r\nSec-WebSocket-Version: 13", `Sec-WebSocket-Version must be 13 (RFC 6455 4.2.1)`),
		},
		"more fields than are allowed": {
			header: helloOf(manyFields(maxFields - 4)...),
			result: HeaderTooLarge,
			answer: answer("431 Request Header Fields Too Large\r\nConnection: close", `the header has 101 fields; 100 are allowed`),
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, refusal := Parse([]byte(tc.header))
			if refusal == nil {
				t.Fatalf("accepted: %+v", r)
			}
			if refusal.Result != tc.result {
				t.Errorf("the result is %q, want %q", refusal.Result, tc.result)
			}
			if diff := cmp.Diff(tc.answer, string(refusal.Append(nil))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseRefusesWhatIsMalformed(t *testing.T) {
	for name, tc := range map[string]struct {
		header string
		body   string
	}{
		"nothing": {
			header: "",
			body:   `the request line does not end with CRLF (RFC 7230 3)`,
		},
		"a bare LF after the request line": {
			header: strings.Replace(helloOf(), "\r\n", "\n", 1),
			body:   `"HTTP/1.1\nHost: server.example.com" is not HTTP/1.1 (RFC 6455 4.2.1)`,
		},
		"bare LFs throughout": {
			header: strings.ReplaceAll(helloOf(), "\r\n", "\n"),
			body:   `the request line does not end with CRLF (RFC 7230 3)`,
		},
		"a bare LF within the fields": {
			header: strings.Replace(helloOf(), "websocket\r\n", "websocket\n", 1),
			body:   `the value of "Upgrade" has control characters (RFC 7230 3.2)`,
		},
		"a bare CR": {
			header: helloOf("X-A: b\rHost: other.example"),
			body:   `the value of "X-A" has control characters (RFC 7230 3.2)`,
		},
		"an empty line first": {
			header: "\r\n" + helloOf(),
			body:   `"" is not a request line (RFC 7230 3.1.1)`,
		},
		"only a request line": {
			header: "GET / HTTP/1.1\r\n",
			body:   `the header does not end with an empty line`,
		},
		"no empty line": {
			header: "GET / HTTP/1.1\r\nHost: h\r\n",
			body:   `the header does not end with an empty line`,
		},
		"bytes after the empty line": {
			header: helloOf() + "x",
			body:   `bytes after the end of the header`,
		},
		"two parts of a request line": {
			header: helloOf("GET /"),
			body:   `"GET /" is not a request line (RFC 7230 3.1.1)`,
		},
		"two spaces in a request line": {
			header: helloOf("GET  / HTTP/1.1"),
			body:   `"GET  / HTTP/1.1" is not a request line (RFC 7230 3.1.1)`,
		},
		"four parts of a request line": {
			header: helloOf("GET /a b HTTP/1.1"),
			body:   `"b HTTP/1.1" is not HTTP/1.1 (RFC 6455 4.2.1)`,
		},
		"a method that is no token": {
			header: helloOf("G@T / HTTP/1.1"),
			body:   `"G@T / HTTP/1.1" is not a request line (RFC 7230 3.1.1)`,
		},
		"HTTP/2.0": {
			header: helloOf("GET / HTTP/2.0"),
			body:   `"HTTP/2.0" is not HTTP/1.1 (RFC 6455 4.2.1)`,
		},
		"the name of HTTP in lower case (RFC 7230 2.6)": {
			header: helloOf("GET / http/1.1"),
			body:   `"http/1.1" is not HTTP/1.1 (RFC 6455 4.2.1)`,
		},
		"two digits of a minor version": {
			header: helloOf("GET / HTTP/1.11"),
			body:   `"HTTP/1.11" is not HTTP/1.1 (RFC 6455 4.2.1)`,
		},
		"a minor version that is no digit": {
			header: helloOf("GET / HTTP/1.x"),
			body:   `"HTTP/1.x" is not HTTP/1.1 (RFC 6455 4.2.1)`,
		},
		"a TLS ClientHello": {
			header: "\x16\x03\x01\x02\x00\x01\r\n\r\n",
			body:   `"\x16\x03\x01\x02\x00\x01" is not a request line (RFC 7230 3.1.1)`,
		},
		"a line that is cut in the message": {
			header: strings.Repeat("A", 10_000) + "\r\n\r\n",
			body:   `"` + strings.Repeat("A", 64) + `"... is not a request line (RFC 7230 3.1.1)`,
		},
		"a folded line": {
			header: helloOf("X-A: b\r\n c"),
			body:   `a folded header line (RFC 7230 3.2.4)`,
		},
		"a line without a colon": {
			header: helloOf("+nonsense"),
			body:   `"nonsense" is not a header field (RFC 7230 3.2)`,
		},
		"a space before the colon": {
			header: helloOf("+Host : other.example"),
			body:   `"Host : other.example" is not a header field (RFC 7230 3.2)`,
		},
		"a field without a name": {
			header: helloOf("+: v"),
			body:   `": v" is not a header field (RFC 7230 3.2)`,
		},
		"a NUL in a value": {
			header: helloOf("X-A: a\x00b"),
			body:   `the value of "X-A" has control characters (RFC 7230 3.2)`,
		},
		"no Host": {
			header: helloOf("-Host"),
			body:   `the Host field is there 0 times, not once (RFC 7230 5.4)`,
		},
		"two of Host": {
			header: helloOf("+host: server.example.com"),
			body:   `the Host field is there 2 times, not once (RFC 7230 5.4)`,
		},
		"an empty Host": {
			header: helloOf("Host:"),
			body:   `"" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a Host with user information": {
			header: helloOf("Host: user@h"),
			body:   `"user@h" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a list of Hosts": {
			header: helloOf("Host: a, b"),
			body:   `"a, b" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a Host with an empty label": {
			header: helloOf("Host: a..b"),
			body:   `"a..b" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a Host that begins with a dot, as a suffix would": {
			header: helloOf("Host: .example.com"),
			body:   `".example.com" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a Host that ends with two dots": {
			header: helloOf("Host: a.."),
			body:   `"a.." is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a Host that is a wildcard": {
			header: helloOf("Host: *.example.com"),
			body:   `"*.example.com" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a Host that is not ASCII": {
			header: helloOf("Host: bücher.example"),
			body:   `"b\u00fccher.example" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a Host longer than names are": {
			header: helloOf("Host: " + strings.Repeat("a.", 127) + "a"),
			body:   `"` + strings.Repeat("a.", 32) + `"... is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a port that is no number": {
			header: helloOf("Host: h:+80"),
			body:   `"h:+80" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a port above 65535": {
			header: helloOf("Host: h:65536"),
			body:   `"h:65536" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"an IPv6 address without brackets": {
			header: helloOf("Host: ::1"),
			body:   `"::1" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"an open bracket": {
			header: helloOf("Host: [::1:80"),
			body:   `"[::1:80" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"an IPv4 address in brackets": {
			header: helloOf("Host: [127.0.0.1]"),
			body:   `"[127.0.0.1]" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"an IPv6 zone": {
			header: helloOf("Host: [fe80::1%eth0]"),
			body:   `"[fe80::1%eth0]" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"a malformed Host beside an absolute-form target": {
			header: helloOf("GET http://h/ HTTP/1.1", "Host: a b"),
			body:   `"a b" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"an absolute-form target without a host": {
			header: helloOf("GET http:///a HTTP/1.1"),
			body:   `"" is not a host with an optional port (RFC 7230 5.4)`,
		},
		"an absolute-form target of another scheme": {
			header: helloOf("GET ftp://h/ HTTP/1.1"),
			body:   `the request target "ftp://h/" is neither a path nor an http URI (RFC 6455 4.1)`,
		},
		"an absolute-form target with user information": {
			header: helloOf("GET http://u@h/ HTTP/1.1"),
			body:   `the request target "http://u@h/" is neither a path nor an http URI (RFC 6455 4.1)`,
		},
		"an authority-form target": {
			header: helloOf("GET h:80 HTTP/1.1"),
			body:   `the request target "h:80" is neither a path nor an http URI (RFC 6455 4.1)`,
		},
		"an asterisk-form target": {
			header: helloOf("GET * HTTP/1.1"),
			body:   `the path of "*" must begin with / and have no dot segments and no NUL`,
		},
		"a relative target": {
			header: helloOf("GET chat HTTP/1.1"),
			body:   `the request target "chat" is not a URI (RFC 7230 5.3)`,
		},
		"a fragment (RFC 6455 3)": {
			header: helloOf("GET /a#b HTTP/1.1"),
			body:   `the request target "/a#b" has characters that no target may have (RFC 7230 5.3)`,
		},
		"a target that is not ASCII": {
			header: helloOf("GET /é HTTP/1.1"),
			body:   `the request target "/\u00e9" has characters that no target may have (RFC 7230 5.3)`,
		},
		"a broken escape": {
			header: helloOf("GET /%zz HTTP/1.1"),
			body:   `the request target "/%zz" is not a URI (RFC 7230 5.3)`,
		},
		"a path with ..": {
			header: helloOf("GET /a/../b HTTP/1.1"),
			body:   `the path of "/a/../b" must begin with / and have no dot segments and no NUL`,
		},
		"a path that ends with .": {
			header: helloOf("GET /a/. HTTP/1.1"),
			body:   `the path of "/a/." must begin with / and have no dot segments and no NUL`,
		},
		"a path with .. in escapes": {
			header: helloOf("GET /a%2f%2E%2e/b HTTP/1.1"),
			body:   `the path of "/a%2f%2E%2e/b" must begin with / and have no dot segments and no NUL`,
		},
		"a path with a NUL": {
			header: helloOf("GET /a%00b HTTP/1.1"),
			body:   `the path of "/a%00b" must begin with / and have no dot segments and no NUL`,
		},
		"no key": {
			header: helloOf("-Sec-WebSocket-Key"),
			body:   `the Sec-WebSocket-Key field is there 0 times, not once (RFC 6455 11.3.1)`,
		},
		"the same key twice": {
			header: helloOf("+Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
			body:   `the Sec-WebSocket-Key field is there 2 times, not once (RFC 6455 11.3.1)`,
		},
		"a key of 15 bytes": {
			header: helloOf("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA"),
			body:   `Sec-WebSocket-Key "AAAAAAAAAAAAAAAAAAAA" is not 16 bytes of base64 (RFC 6455 4.2.1)`,
		},
		"a key of 17 bytes": {
			header: helloOf("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA="),
			body:   `Sec-WebSocket-Key "AAAAAAAAAAAAAAAAAAAAAAA=" is not 16 bytes of base64 (RFC 6455 4.2.1)`,
		},
		"a key of 18 bytes": {
			header: helloOf("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA"),
			body:   `Sec-WebSocket-Key "AAAAAAAAAAAAAAAAAAAAAAAA" is not 16 bytes of base64 (RFC 6455 4.2.1)`,
		},
		"a key without its padding": {
			header: helloOf("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"),
			body:   `Sec-WebSocket-Key "dGhlIHNhbXBsZSBub25jZQ" is not 16 bytes of base64 (RFC 6455 4.2.1)`,
		},
		"a key in the alphabet of URLs": {
			header: helloOf("Sec-WebSocket-Key: ____________________-w=="),
			body:   `Sec-WebSocket-Key "____________________-w==" is not 16 bytes of base64 (RFC 6455 4.2.1)`,
		},
		"a key with bits behind its end": {
			header: helloOf("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR=="),
			body:   `Sec-WebSocket-Key "dGhlIHNhbXBsZSBub25jZR==" is not 16 bytes of base64 (RFC 6455 4.2.1)`,
		},
		"two of Sec-WebSocket-Version": {
			header: helloOf("+Sec-WebSocket-Version: 13"),
			body:   `Sec-WebSocket-Version is there more than once (RFC 6455 11.3.5)`,
		},
		"two of Origin": {
			header: helloOf("Origin: http://a.example", "+Origin: http://a.example"),
			body:   `the Origin field is there more than once (RFC 6454 7.3)`,
		},
		"a Transfer-Encoding": {
			header: helloOf("Transfer-Encoding: chunked"),
			body:   `a handshake has no body: Transfer-Encoding is not allowed`,
		},
		"a Content-Length": {
			header: helloOf("Content-Length: 1"),
			body:   `a handshake has no body: Content-Length "1" is not allowed`,
		},
		"a second Content-Length": {
			header: helloOf("Content-Length: 0", "+Content-Length: 7"),
			body:   `a handshake has no body: Content-Length "7" is not allowed`,
		},
		"a Content-Length that others may read otherwise": {
			header: helloOf("Content-Length: +0"),
			body:   `a handshake has no body: Content-Length "+0" is not allowed`,
		},
		"a subprotocol that is no token": {
			header: helloOf("Sec-WebSocket-Protocol: a, b c"),
			body:   `Sec-WebSocket-Protocol: "b c" is not a token (RFC 6455 4.1)`,
		},
		"a subprotocol that is not ASCII": {
			header: helloOf("Sec-WebSocket-Protocol: é"),
			body:   `Sec-WebSocket-Protocol: "\u00e9" is not a token (RFC 6455 4.1)`,
		},
		"a subprotocol offered twice, on two lines": {
			header: helloOf("Sec-WebSocket-Protocol: a, b", "+Sec-WebSocket-Protocol: a"),
			body:   `Sec-WebSocket-Protocol: "a" is offered twice (RFC 6455 4.1)`,
		},
		"a list of no subprotocols": {
			header: helloOf("Sec-WebSocket-Protocol: , ,"),
			body:   `Sec-WebSocket-Protocol names no subprotocol (RFC 6455 4.3)`,
		},
		"too many subprotocols": {
			header: helloOf("Sec-WebSocket-Protocol: " + strings.Join(manySubprotocols(maxSubprotocols+1), ",")),
			body:   `Sec-WebSocket-Protocol: more than 32 subprotocols`,
		},
		"a subprotocol that is too long": {
			header: helloOf("Sec-WebSocket-Protocol: " + strings.Repeat("p", maxSubprotocolLength+1)),
			body:   `Sec-WebSocket-Protocol: "` + strings.Repeat("p", 64) + `"... has 129 bytes; 128 are allowed`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, refusal := Parse([]byte(tc.header))
			if refusal == nil {
				t.Fatalf("accepted: %+v", r)
			}
			if refusal.Result != Malformed {
				t.Errorf("the result is %q", refusal.Result)
			}
			want := answer("400 Bad Request\r\nConnection: close", tc.body)
			if diff := cmp.Diff(want, string(refusal.Append(nil))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
