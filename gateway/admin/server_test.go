package admin

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/go-logr/logr"
)

// serve starts a server; stop stops it and returns what Serve returned.
func serve(t *testing.T, h http.Handler) (s *Server, stop func(context.Context) error) {
	t.Helper()
	s, err := Listen("127.0.0.1:0", h, logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	return s, func(ctx context.Context) error {
		err := s.Shutdown(ctx)
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		return err
	}
}

// askRaw sends a GET with this Host header and returns the status line.
func askRaw(t *testing.T, addr net.Addr, host string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestServer(t *testing.T) {
	s, stop := serve(t, Handler(sources()))
	if got := askRaw(t, s.Addr(), s.Addr().String()); got != "HTTP/1.1 200 OK" {
		t.Errorf("by address: %s", got)
	}
	if got := askRaw(t, s.Addr(), "evil.example"); got != "HTTP/1.1 403 Forbidden" {
		t.Errorf("by another name: %s", got)
	}
	if err := stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", s.Addr().String()); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
}

func TestShutdownLetsRequestsFinish(t *testing.T) {
	entered, finish := make(chan struct{}), make(chan struct{})
	s, stop := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-finish
		io.WriteString(w, "done")
	}))
	got := make(chan string, 1)
	go func() { got <- askRaw(t, s.Addr(), "localhost") }()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop(t.Context()) }()
	close(finish)
	if line := <-got; line != "HTTP/1.1 200 OK" {
		t.Errorf("the request got %s", line)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

func TestShutdownCutsWhenItsContextEnds(t *testing.T) {
	entered, gone := make(chan struct{}), make(chan struct{})
	s, stop := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
		close(gone)
	}))
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := stop(ctx); err == nil || !strings.HasPrefix(err.Error(), "admin listener: ") {
		t.Errorf("Shutdown: %v", err)
	}
	<-gone
}

func TestShutdownWithoutServe(t *testing.T) {
	s, err := Listen("127.0.0.1:0", http.NotFoundHandler(), logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(); err != nil {
		t.Errorf("Serve after Shutdown: %v", err)
	}
}

func TestAnAddressThatIsTaken(t *testing.T) {
	s, stop := serve(t, http.NotFoundHandler())
	if _, err := Listen(s.Addr().String(), nil, logr.Discard()); err == nil || !strings.Contains(err.Error(), s.Addr().String()) {
		t.Errorf("the error does not name the address: %v", err)
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
}
