package admin

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
)

// pipes is a listener of in-memory connections, whose deadlines are on virtual
// time.
type pipes struct {
	conns chan net.Conn
	close func()
}

func newPipes() *pipes {
	conns := make(chan net.Conn)
	return &pipes{conns, sync.OnceFunc(func() { close(conns) })}
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }
func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Accept() (net.Conn, error) {
	if conn, ok := <-p.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

// connect is a new connection to the listener.
func (p *pipes) connect() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// TestAPageMayTakeLongerThanItsRequestMayTakeToArrive: the limit on reading is
// not one on profiles.
func TestAPageMayTakeLongerThanItsRequestMayTakeToArrive(t *testing.T) {
	const takes = (readTimeout + writeTimeout) / 2
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		s := newServer(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(takes):
				w.WriteHeader(http.StatusOK)
			case <-r.Context().Done():
				w.WriteHeader(http.StatusGone)
			}
		}), logr.Discard())
		go s.Serve()
		status := askOver(t, listener, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		if status != http.StatusOK {
			t.Errorf("status %d", status)
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestARequestThatDoesNotArriveIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		s := newServer(listener, http.NotFoundHandler(), logr.Discard())
		go s.Serve()
		client := listener.connect()
		defer client.Close()
		fmt.Fprint(client, "GET / HTTP/1.1\r\nHost:")
		start := time.Now()
		if _, err := client.Read(make([]byte, 1)); err != io.EOF || time.Since(start) != headerTimeout {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// askOver sends a request over a connection of its own, and returns the status.
func askOver(t *testing.T, listener *pipes, request string) int {
	t.Helper()
	client := listener.connect()
	defer client.Close()
	fmt.Fprint(client, request)
	got, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	return got.StatusCode
}
