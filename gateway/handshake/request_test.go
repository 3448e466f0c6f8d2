package handshake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hello is a request in its parts, so that a case shows only what it changes.
type hello struct {
	line   string
	fields []string
}

// helloOf is a good request with some of its lines replaced: "Name: value" sets
// the field Name, "-Name" removes it, "+Name: value" adds a line, and a line
// with no colon before its first space is the request line.
func helloOf(changes ...string) string {
	h := hello{line: "GET /chat HTTP/1.1", fields: []string{
		"Host: server.example.com",
		"Upgrade: websocket",
		"Connection: Upgrade",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Version: 13",
	}}
	for _, change := range changes {
		h.change(change)
	}
	return h.line + "\r\n" + strings.Join(h.fields, "\r\n") + "\r\n\r\n"
}

func (h *hello) change(change string) {
	if added, ok := strings.CutPrefix(change, "+"); ok {
		h.fields = append(h.fields, added)
		return
	}
	name, removed := strings.CutPrefix(change, "-")
	if !removed {
		word, _, _ := strings.Cut(change, " ")
		if !strings.Contains(word, ":") {
			h.line = change
			return
		}
		name, _, _ = strings.Cut(change, ":")
	}
	for i, field := range h.fields {
		if before, _, _ := strings.Cut(field, ":"); before == name {
			if removed {
				h.fields = append(h.fields[:i], h.fields[i+1:]...)
			} else {
				h.fields[i] = change
			}
			return
		}
	}
	h.fields = append(h.fields, change)
}

func TestHelloOf(t *testing.T) {
	got := helloOf("GET / HTTP/1.1", "-Upgrade", "Host: h", "+Host: i", "Origin: o")
	want := "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nHost: i\r\nOrigin: o\r\n\r\n"
	if got != want {
		t.Errorf("helloOf gives\n%q, want\n%q", got, want)
	}
}

func TestParse(t *testing.T) {
	for name, tc := range map[string]struct {
		header string
		want   Request // Key and Header are looked at elsewhere
	}{
		"the example of RFC 6455 1.2": {
			header: "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n" +
				"Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n",
			want: Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat",
				Origin: "http://example.com", Subprotocols: []string{"chat", "superchat"}},
		},
		"tokens of Upgrade and Connection in any case, in lists over several lines": {
			header: helloOf("Upgrade: h2c", "+upgrade: foo/1 ,\tWebSocket", "Connection: keep-alive", "+CONNECTION: te, UPGRADE"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat"},
		},
		"a later minor version of HTTP/1": {
			header: helloOf("GET / HTTP/1.2"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "/"},
		},
		"a port": {
			header: helloOf("Host: Server.Example.COM:8443"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com:8443", Path: "/chat"},
		},
		"an empty port is no port (RFC 3986 3.2.3)": {
			header: helloOf("Host: a.example:"),
			want:   Request{Host: "a.example", Authority: "a.example", Path: "/chat"},
		},
		"a name spelled out to the root": {
			header: helloOf("Host: a.example.:80"),
			want:   Request{Host: "a.example", Authority: "a.example.:80", Path: "/chat"},
		},
		"an IPv4 address": {
			header: helloOf("Host: 127.0.0.1:80"),
			want:   Request{Host: "127.0.0.1", Authority: "127.0.0.1:80", Path: "/chat"},
		},
		"an IPv6 address": {
			header: helloOf("Host: [::1]"),
			want:   Request{Host: "::1", Authority: "[::1]", Path: "/chat"},
		},
		"an IPv6 address with a port": {
			header: helloOf("Host: [2001:DB8::1]:80"),
			want:   Request{Host: "2001:db8::1", Authority: "[2001:db8::1]:80", Path: "/chat"},
		},
		"an absolute-form target wins over the Host field (RFC 9112 3.2.2)": {
			header: helloOf("GET http://Other.example:81/a?b HTTP/1.1"),
			want:   Request{Host: "other.example", Authority: "other.example:81", Path: "/a", RawQuery: "b"},
		},
		"an absolute-form target without a path": {
			header: helloOf("GET https://other.example?b HTTP/1.1"),
			want:   Request{Host: "other.example", Authority: "other.example", Path: "/", RawQuery: "b"},
		},
		"escapes in the path are decoded, those of the query are not": {
			header: helloOf("GET /a%20b/%C3%A9?c%20d HTTP/1.1"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "/a b/é", RawQuery: "c%20d"},
		},
		"a path that begins with two slashes is no authority": {
			header: helloOf("GET //other.example/a HTTP/1.1"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "//other.example/a"},
		},
		"dots that are no dot segments": {
			header: helloOf("GET /.../a..b/.c HTTP/1.1"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "/.../a..b/.c"},
		},
		"subprotocols over several lines keep their order, empty elements are none (RFC 7230 7)": {
			header: helloOf("Sec-WebSocket-Protocol: b,, a ,", "+Sec-WebSocket-Protocol: ", "+sec-websocket-protocol:\tA"),
			want: Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat",
				Subprotocols: []string{"b", "a", "A"}},
		},
		"extensions are none of its business": {
			header: helloOf("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, ;;"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat"},
		},
		"a Content-Length of zero": {
			header: helloOf("Content-Length: 0"),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat"},
		},
		"as many fields as are allowed": {
			header: helloOf(manyFields(maxFields - 5)...),
			want:   Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat"},
		},
		"as many subprotocols as are allowed": {
			header: helloOf("Sec-WebSocket-Protocol: " + strings.Join(manySubprotocols(maxSubprotocols), ",")),
			want: Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat",
				Subprotocols: manySubprotocols(maxSubprotocols)},
		},
		"a subprotocol as long as is allowed": {
			header: helloOf("Sec-WebSocket-Protocol: " + strings.Repeat("p", maxSubprotocolLength)),
			want: Request{Host: "server.example.com", Authority: "server.example.com", Path: "/chat",
				Subprotocols: []string{strings.Repeat("p", maxSubprotocolLength)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, refusal := Parse([]byte(tc.header))
			if refusal != nil {
				t.Fatalf("refused: %v", refusal)
			}
			if got.Key != "dGhlIHNhbXBsZSBub25jZQ==" {
				t.Errorf("Key is %q", got.Key)
			}
			tc.want.Key, tc.want.Header = got.Key, got.Header
			if diff := cmp.Diff(&tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseKeepsEveryField(t *testing.T) {
	r, refusal := Parse([]byte(helloOf("x-a:1", "+X-A: \t2 ", "+X-B:")))
	if refusal != nil {
		t.Fatal(refusal)
	}
	for name, want := range map[string][]string{
		"X-A":               {"1", "2"},
		"X-B":               {""},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	} {
		if diff := cmp.Diff(want, r.Header[name]); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestParseKeepsNoPartOfItsInput(t *testing.T) {
	header := []byte(helloOf("Origin: http://a.example", "Sec-WebSocket-Protocol: p"))
	r, refusal := Parse(header)
	if refusal != nil {
		t.Fatal(refusal)
	}
	before := fmt.Sprint(*r)
	clear(header)
	if after := fmt.Sprint(*r); after != before {
		t.Errorf("the request changed with the buffer:\n%s\n%s", before, after)
	}
}

func manyFields(n int) []string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = fmt.Sprintf("+X-%d: v", i)
	}
	return fields
}

func manySubprotocols(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("p%d", i)
	}
	return names
}

func BenchmarkHandshake(b *testing.B) {
	header := []byte("GET /chat?token=abc HTTP/1.1\r\nHost: ws.example.com\r\nConnection: Upgrade\r\nPragma: no-cache\r\n" +
		"Cache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
		"Upgrade: websocket\r\nOrigin: https://app.example.com\r\nSec-WebSocket-Version: 13\r\n" +
		"Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: mqtt, mqttv3.1\r\n\r\n")
	answer := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		r, refusal := Parse(header)
		if refusal != nil {
			b.Fatal(refusal)
		}
		answer = r.AppendAccept(answer[:0], r.Subprotocols[0])
	}
}
