package gateway

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/internal/certtest"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// serveHere runs a gateway with a plain and a TLS listener until the test ends.
func serveHere(t *testing.T, o Options) *Gateway {
	t.Helper()
	o.Log, o.Admin, o.DrainWindow = logr.Discard(), NoAdmin, -1
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	chain, key := certtest.New(t, "ws.example.com")
	certificate := &config.Certificate{Name: "test", Chain: chain, Key: key}
	err = g.Apply(&config.Snapshot{Listeners: []*config.Listener{
		{Name: "ws", Address: "127.0.0.1"},
		{Name: "wss", Address: "127.0.0.2", Tls: &config.TLS{Certificates: []*config.Certificate{certificate}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return g
}

func dial(t *testing.T, g *Gateway, listener string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", g.Addrs()[listener].String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	if listener == "wss" {
		return tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	return conn
}

// pages is a mux that answers every path with page.
func pages(page http.HandlerFunc) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/", page)
	return mux
}

func TestPlainRequestsReachTheHandlerWhole(t *testing.T) {
	g := serveHere(t, Options{Plain: pages(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %d %d %v", r.Method, r.URL.Path, len(r.Header.Get("Cookie")), len(body), err)
	})})
	cookie := strings.Repeat("c", 2*scratchSize)
	for name, tc := range map[string]struct{ request, want string }{
		"a page":                             {"GET /page HTTP/1.1\r\nHost: a\r\n\r\n", "GET /page 0 0 <nil>"},
		"a header longer than the scratch":   {"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + cookie + "\r\n\r\n", fmt.Sprintf("GET / %d 0 <nil>", len(cookie))},
		"a body in the header's packet":      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody", "POST / 0 4 <nil>"},
		"a body longer than what was read":   {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("b", 100000), "POST / 0 100000 <nil>"},
		"a second request, which is ignored": {"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /1 0 0 <nil>"},
	} {
		for _, listener := range []string{"ws", "wss"} {
			t.Run(name+" over "+listener, func(t *testing.T) {
				conn := dial(t, g, listener)
				if _, err := io.WriteString(conn, tc.request); err != nil {
					t.Fatal(err)
				}
				in := bufio.NewReader(conn)
				answer, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(answer.Body)
				if string(body) != tc.want || err != nil {
					t.Errorf("answered %q, %v, want %q", body, err, tc.want)
				}
				if rest, _ := io.ReadAll(in); len(rest) > 0 {
					t.Errorf("then %q, want the end", rest)
				}
			})
		}
	}
}

func TestWhatIsNoPageIsRefused(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(http.ResponseWriter, *http.Request) {})
	with, without := serveHere(t, Options{Plain: mux}), serveHere(t, Options{})
	const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	for name, tc := range map[string]struct {
		g             *Gateway
		request, more string
		status        int
	}{
		"a page":                 {g: with, request: "GET /page", status: 200},
		"a path that has none":   {g: with, request: "GET /echo", status: 426},
		"a post to no page":      {g: with, request: "POST /echo", status: 405},
		"no pages at all":        {g: without, request: "GET /page", status: 426},
		"an upgrade of a page":   {g: with, request: "GET /page", more: upgrade, status: 404},
		"what is no request":     {g: with, request: "GET", status: 400},
		"a page that is no path": {g: with, request: "GET page", status: 426},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, tc.g, "ws")
			io.WriteString(conn, tc.request+" HTTP/1.1\r\nHost: a\r\n"+tc.more+"\r\n")
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || answer.StatusCode != tc.status {
				t.Errorf("%v, %v; want %d", answer, err, tc.status)
			}
		})
	}
}

func TestAFaultOfTheHandlerIsItsConnectionsAlone(t *testing.T) {
	g := serveHere(t, Options{Plain: pages(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/fault" {
			panic("a fault of our own")
		}
	})})
	conn := dial(t, g, "ws")
	io.WriteString(conn, "GET /fault HTTP/1.1\r\nHost: a\r\n\r\n")
	if answer, _ := io.ReadAll(conn); len(answer) > 0 {
		t.Errorf("answered %q", answer)
	}
	conn = dial(t, g, "ws")
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if answer, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the next one: %v, %v", answer, err)
	}
}

func TestAConnectionForAServerThatHasEndedIsClosed(t *testing.T) {
	p := newPlain(http.NewServeMux(), logr.Discard())
	p.close()
	p.close()
	near, far := net.Pipe()
	p.take(wholeClose{near}, []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), nil)
	if _, err := far.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("read %v, want the end", err)
	}
}

// wholeClose is a connection that cannot be half-closed.
type wholeClose struct{ net.Conn }

func (c wholeClose) CloseWrite() error { return c.Close() }
