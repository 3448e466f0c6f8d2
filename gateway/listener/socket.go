package listener

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
)

// KeepAlive finds clients that vanished before the session's own pings are there
// to do so, and where those are turned off. It begins later than the default
// ping interval, so that a pinged session causes no probes.
var KeepAlive = net.KeepAliveConfig{Enable: true, Idle: 60 * time.Second, Interval: 15 * time.Second, Count: 4}

const (
	// After an error of accept, as when there are no more file descriptors, the
	// next try waits: at first this long, then twice as long each time.
	minBackoff = 5 * time.Millisecond
	maxBackoff = 1 * time.Second

	// logEvery is how often the errors of one socket are logged.
	logEvery = 10 * time.Second
)

// Socket is one listening socket, as those see it who take its clients. Its
// methods are safe for concurrent use.
type Socket struct {
	listener net.Listener
	log      logr.Logger
	serving  *tally
	port     atomic.Pointer[Port]
	// stop ends accepting, and returns when that is so; nil before start.
	stop func()

	mu     sync.Mutex
	logged time.Time
}

// Port is what the next client is to be given.
func (s *Socket) Port() *Port { return s.port.Load() }

// listen opens the socket for port, which then waits in the kernel: nothing is
// accepted before start.
func (s *Set) listen(port *Port) (*Socket, error) {
	lc := net.ListenConfig{KeepAliveConfig: KeepAlive}
	// Sessions move through system calls that a multipath socket does not all
	// have (TCP_INQ, splice).
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(context.Background(), "tcp", port.place.String())
	if err != nil {
		return nil, fmt.Errorf("listener %q: %w", port.names[0], err)
	}
	return s.newSocket(l, port), nil
}

func (s *Set) newSocket(l net.Listener, port *Port) *Socket {
	sock := &Socket{listener: l, serving: &s.serving, log: s.log.WithValues("address", l.Addr().String())}
	sock.port.Store(port)
	return sock
}

// close stops accepting and returns when that is so.
func (s *Socket) close() {
	if s.stop != nil {
		s.stop()
		return
	}
	_ = s.listener.Close() // it is gone either way
}

// start lets others accept, or else a goroutine that gives each client to serve.
func (s *Socket) start(serve func(net.Conn, *Port), others func(*net.TCPListener, *Socket) (stop func())) {
	if l, ok := s.listener.(*net.TCPListener); ok && others != nil {
		if s.stop = others(l, s); s.stop != nil {
			return
		}
	}
	closing, ended := make(chan struct{}), make(chan struct{})
	s.stop = func() {
		close(closing)
		_ = s.listener.Close() // it is gone either way
		<-ended
	}
	go func() {
		defer close(ended)
		s.accept(serve, closing)
	}()
}

func (s *Socket) accept(serve func(net.Conn, *Port), closing chan struct{}) {
	var backoff time.Duration
	for {
		conn, err := s.listener.Accept()
		if err == nil {
			backoff = 0
			at := s.port.Load()
			s.Go(conn, func() { serve(conn, at) })
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		backoff = min(max(2*backoff, minBackoff), maxBackoff)
		s.Lost(err, backoff)
		select {
		case <-closing:
			return
		case <-time.After(backoff):
		}
	}
}

// Lost logs, now and then, that clients cannot be accepted until retry is over.
func (s *Socket) Lost(err error, retry time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); s.logged.IsZero() || now.Sub(s.logged) >= logEvery {
		s.logged = now
		s.log.Error(err, "Cannot accept connections", "retryIn", retry)
	}
}

// Go calls serve on a goroutine, for which Set.Wait waits. A fault in the
// handling of one connection is not everyone's: it is logged, and the connection
// closed.
func (s *Socket) Go(conn net.Conn, serve func()) {
	s.serving.Go(func() {
		defer func() {
			if fault := recover(); fault != nil {
				s.Fault(fault, debug.Stack(), conn.RemoteAddr().String())
				_ = conn.Close() // in whatever state it is
			}
		}()
		serve()
	})
}

// Fault logs a panic in the handling of one client.
func (s *Socket) Fault(value any, stack []byte, client string) {
	s.log.Error(fmt.Errorf("panic: %v", value), "A connection ended by a fault of the gateway",
		"client", client, "stack", string(stack))
}
