package gateway

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway/config"
)

// serving runs a gateway with one plain listener until the test ends.
func serving(t *testing.T, o Options) (addr string) {
	t.Helper()
	o.Log, o.Admin, o.DrainWindow, o.DrainTimeout = logr.Discard(), NoAdmin, -1, -1
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Apply(&config.Snapshot{Listeners: []*config.Listener{{Name: "a/b/c", Address: "127.0.0.1"}}}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- g.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return g.Addrs()["a/b/c"].String()
}

func TestPlainRequests(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		io.WriteString(w, r.Method+" "+r.Header.Get("X-Long")+string(body))
	})
	long := strings.Repeat("x", 3*scratchSize)
	get := func(path, rest string) string { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + rest + "\r\n" }
	with, without := serving(t, Options{Plain: mux}), serving(t, Options{})

	for name, tc := range map[string]struct {
		addr, request string
		status        int
		body          string
	}{
		"a page":                           {with, get("/page", ""), 200, "GET "},
		"a header longer than the scratch": {with, get("/page", "X-Long: "+long+"\r\n"), 200, "GET " + long},
		"a body":                           {with, "POST /page HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody", 200, "POST body"},
		"a path that has no page":          {with, get("/echo", ""), 426, "websocket"},
		"a post to no page":                {with, "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", 405, "GET"},
		"no pages at all":                  {without, get("/page", ""), 426, "websocket"},
		"an upgrade is never a page": {with, get("/page", "Connection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 404, "nothing is served"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", tc.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			// The second request must not be answered: one is all a connection carries.
			io.WriteString(conn, tc.request+get("/page", ""))
			r := bufio.NewReader(conn)
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != tc.status || !strings.Contains(string(body), tc.body) {
				t.Errorf("%s, %.80q, %v; want %d and %.80q", answer.Status, body, err, tc.status, tc.body)
			}
			if rest, _ := io.ReadAll(r); len(rest) > 0 {
				t.Errorf("a second answer: %.80q", rest)
			}
		})
	}
}
