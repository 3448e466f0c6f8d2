package handshake

import (
	"bufio"
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http/httpguts"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		helloOf(),
		helloOf("GET http://a.example:81/b%20c?d HTTP/1.1", "Origin: https://a.example"),
		helloOf("Sec-WebSocket-Protocol: a, b,,c", "+Sec-WebSocket-Protocol: d"),
		helloOf("Connection: keep-alive", "+connection: ,upgrade", "Host: [::1]:80"),
		helloOf("GET /a/../b HTTP/1.1", "Content-Length: 0"),
		helloOf("X-A: b\r\n c", "Transfer-Encoding: chunked"),
		helloOf("POST / HTTP/1.0", "Sec-WebSocket-Version: 8"),
		strings.ReplaceAll(helloOf(), "\r\n", "\n"),
		"GET / HTTP/1.1\r\n", "\r\n\r\n", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, header []byte) {
		r, refusal := Parse(header)
		if (r == nil) == (refusal == nil) {
			t.Fatalf("neither or both: %+v, %v", r, refusal)
		}
		if refusal != nil {
			checkAnswer(t, refusal)
			return
		}
		checkRequest(t, r)
		checkAgainstNetHTTP(t, header, r)
		again, refusal := Parse(header)
		if refusal != nil {
			t.Fatalf("refused the second time: %v", refusal)
		}
		if diff := cmp.Diff(r, again); diff != "" {
			t.Errorf("the second time it is another:\n%s", diff)
		}
	})
}

// checkAnswer holds that a refusal is one whole HTTP answer, whatever it was
// made from.
func checkAnswer(t *testing.T, refusal *Refusal) {
	answer := refusal.Append(nil)
	head, body, _ := bytes.Cut(answer, []byte("\r\n\r\n"))
	if bytes.Count(body, []byte("\n")) != 1 || bytes.Count(head, []byte("\r\n")) > 8 {
		t.Errorf("the answer is %q", answer)
	}
	for _, c := range answer {
		if c > '~' || c < ' ' && c != '\r' && c != '\n' {
			t.Errorf("the answer has byte %#x: %q", c, answer)
		}
	}
	if refusal.Result == Internal {
		t.Errorf("Parse has no faults of its own: %v", refusal)
	}
}

func checkRequest(t *testing.T, r *Request) {
	if !validKey(r.Key) || len(r.Key) != keyLength {
		t.Errorf("Key is %q", r.Key)
	}
	if !strings.HasPrefix(r.Path, "/") || slices.Contains(strings.Split(r.Path, "/"), "..") || strings.Contains(r.Path, "\x00") {
		t.Errorf("Path is %q", r.Path)
	}
	if r.Host == "" || strings.ContainsAny(r.Host, "[]/@*, ") || r.Host != strings.ToLower(r.Host) || !strings.Contains(r.Authority, r.Host) {
		t.Errorf("Host is %q, Authority is %q", r.Host, r.Authority)
	}
	if _, err := url.Parse("http://" + r.Authority + "/"); err != nil {
		t.Errorf("Authority is %q: %v", r.Authority, err)
	}
	if !utf8.ValidString(r.RawQuery) {
		t.Errorf("RawQuery is %q", r.RawQuery)
	}
	if len(r.Subprotocols) > maxSubprotocols {
		t.Errorf("%d subprotocols", len(r.Subprotocols))
	}
	for i, name := range r.Subprotocols {
		if !httpguts.ValidHeaderFieldName(name) || len(name) > maxSubprotocolLength || slices.Contains(r.Subprotocols[:i], name) {
			t.Errorf("Subprotocols are %q", r.Subprotocols)
		}
	}
}

// checkAgainstNetHTTP holds that what is accepted here means the same to a
// server that is more lenient: nobody before or behind the gateway reads
// another request out of the same bytes.
func checkAgainstNetHTTP(t *testing.T, header []byte, r *Request) {
	other, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(header)))
	if err != nil {
		t.Fatalf("net/http refuses what is accepted here: %v", err)
	}
	if other.Method != "GET" || other.ContentLength != 0 || len(other.TransferEncoding) > 0 {
		t.Errorf("net/http reads %s with %d bytes of body %q", other.Method, other.ContentLength, other.TransferEncoding)
	}
	if path := other.URL.Path; path != r.Path && (path != "" || r.Path != "/") {
		t.Errorf("net/http reads path %q, not %q", path, r.Path)
	}
	if host := strings.TrimSuffix(strings.ToLower(other.Host), ":"); host != r.Authority {
		t.Errorf("net/http reads host %q, not %q", host, r.Authority)
	}
	want, got := http.Header(r.Header).Clone(), other.Header
	for _, name := range []string{"Host", "Content-Length", "Trailer", "Cache-Control"} {
		want.Del(name) // net/http takes these away, repairs them or adds them
		got.Del(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("net/http reads other fields:\n%s", diff)
	}
}

func FuzzReadHeader(f *testing.F) {
	f.Add([]byte(helloOf()), 1024)
	f.Add([]byte("a\n\nb"), 3)
	f.Add([]byte("a\r\n\r\r\n\r\nb"), 16)
	f.Fuzz(func(t *testing.T, in []byte, max int) {
		if max < 1 || max > 1<<16 {
			return
		}
		header, rest, err := ReadHeader(bytes.NewReader(in), nil, max)
		slow, _, slowErr := ReadHeader(iotest.OneByteReader(bytes.NewReader(in)), nil, max)
		if (err == nil) != (slowErr == nil) || !bytes.Equal(header, slow) {
			t.Fatalf("at once %q, %v; byte by byte %q, %v", header, err, slow, slowErr)
		}
		if err == nil && (len(header) > max || !bytes.HasPrefix(in, append(header, rest...))) {
			t.Errorf("header %q, rest %q", header, rest)
		}
	})
}
