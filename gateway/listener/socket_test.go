package listener

import (
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr/funcr"

	"switchyard.dev/gateway/config"
)

// record is a logger's lines.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(_, args string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, args)
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

func TestAPanicEndsOneConnection(t *testing.T) {
	var log record
	served := make(chan struct{}, 1)
	set := New(funcr.New(log.add, funcr.Options{}), func(conn net.Conn, _ *Port) {
		var b [1]byte
		if _, err := conn.Read(b[:]); err == nil && b[0] == '!' {
			panic("a fault")
		}
		conn.Close()
		served <- struct{}{}
	}, nil)
	defer set.Close()
	if err := set.Update([]*config.Listener{plain("ns/gw/a")}, nil); err != nil {
		t.Fatal(err)
	}
	for _, first := range []string{"!", "."} {
		conn, err := net.Dial("tcp", set.Addrs()["ns/gw/a"].String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte(first)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("the connection that began with %q was answered", first)
		}
	}
	<-served
	set.Close()
	lines := log.all()
	if len(lines) != 1 || !strings.Contains(lines[0], `"error"="panic: a fault"`) || !strings.Contains(lines[0], "socket_test.go") {
		t.Errorf("the log is %q", lines)
	}
}

var errFull = errors.New("too many open files")

// broken is a net.Listener that has run out of something until it is closed.
type broken struct {
	tries  int
	closed chan struct{}
}

func (b *broken) Accept() (net.Conn, error) {
	select {
	case <-b.closed:
		return nil, net.ErrClosed
	default:
		b.tries++
		return nil, errFull
	}
}

func (b *broken) Close() error   { close(b.closed); return nil }
func (b *broken) Addr() net.Addr { return &net.TCPAddr{} }

func TestErrorsOfAcceptAreRetriedWithPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log record
		l := &broken{closed: make(chan struct{})}
		s := New(funcr.New(log.add, funcr.Options{}), nil, nil).newSocket(l, &Port{})
		s.start(nil, nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		s.close()
		// 5 ms doubled up to 1 s takes eight tries, then there is one a second.
		if l.tries < 60 || l.tries > 70 {
			t.Errorf("%d tries in a minute", l.tries)
		}
		if n := len(log.all()); n < 5 || n > 7 {
			t.Errorf("%d log lines in a minute: %q", n, log.all())
		}
	})
}

func TestCloseDoesNotWaitForARetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log record
		s := New(funcr.New(log.add, funcr.Options{}), nil, nil).newSocket(&broken{closed: make(chan struct{})}, &Port{})
		s.start(nil, nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		before := time.Now()
		s.close()
		if took := time.Since(before); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
}
