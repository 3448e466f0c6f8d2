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

const (
	// Keepalive finds clients that vanished before the session's own pings are
	// there to do so, and where those are turned off. It begins later than the
	// default ping interval, so that a pinged session causes no probes.
	keepAliveIdle     = 60 * time.Second
	keepAliveInterval = 15 * time.Second
	keepAliveCount    = 4

	// After an error of accept, as when there are no more file descriptors, the
	// next try waits: at first this long, then twice as long each time.
	minBackoff = 5 * time.Millisecond
	maxBackoff = 1 * time.Second

	// logEvery is how often the errors of one socket are logged.
	logEvery = 10 * time.Second
)

// socket is one listening socket with the view that new connections get.
type socket struct {
	listener net.Listener
	port     atomic.Pointer[Port]
	closing  chan struct{}
	ended    chan struct{} // nil while not started
}

// listen opens the socket for port, which then waits in the kernel: nothing is
// accepted before start.
func listen(port *Port) (*socket, error) {
	lc := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount,
	}}
	// Sessions move through system calls that a multipath socket does not all
	// have (TCP_INQ, splice).
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(context.Background(), "tcp", port.place.String())
	if err != nil {
		return nil, fmt.Errorf("listener %q: %w", port.names[0], err)
	}
	return newSocket(l, port), nil
}

func newSocket(l net.Listener, port *Port) *socket {
	s := &socket{listener: l, closing: make(chan struct{})}
	s.port.Store(port)
	return s
}

// start begins to accept. Each connection that is being served is one of
// serving.
func (s *socket) start(log logr.Logger, serve func(net.Conn, *Port), serving *sync.WaitGroup) {
	s.ended = make(chan struct{})
	go func() {
		defer close(s.ended)
		s.accept(log.WithValues("address", s.listener.Addr().String()), serve, serving)
	}()
}

// close stops accepting and returns when that is so.
func (s *socket) close() {
	close(s.closing)
	_ = s.listener.Close() // it is gone either way
	if s.ended != nil {
		<-s.ended
	}
}

func (s *socket) accept(log logr.Logger, serve func(net.Conn, *Port), serving *sync.WaitGroup) {
	var backoff time.Duration
	var logged time.Time
	for {
		conn, err := s.listener.Accept()
		if err == nil {
			backoff = 0
			at := s.port.Load()
			serving.Go(func() { serveOne(log, serve, conn, at) })
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		backoff = min(max(2*backoff, minBackoff), maxBackoff)
		if now := time.Now(); logged.IsZero() || now.Sub(logged) >= logEvery {
			logged = now
			log.Error(err, "Cannot accept connections", "retryIn", backoff)
		}
		select {
		case <-s.closing:
			return
		case <-time.After(backoff):
		}
	}
}

// serveOne keeps a fault in the handling of one connection from being everyone's.
func serveOne(log logr.Logger, serve func(net.Conn, *Port), conn net.Conn, at *Port) {
	defer func() {
		if fault := recover(); fault != nil {
			log.Error(fmt.Errorf("panic: %v", fault), "A connection ended by a fault of the gateway",
				"client", conn.RemoteAddr().String(), "stack", string(debug.Stack()))
			_ = conn.Close() // in whatever state it is
		}
	}()
	serve(conn, at)
}
