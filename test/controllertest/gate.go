package controllertest

import (
	"net"
	"sync"
	"testing"
)

// gate holds an address for as long as the test runs, whoever serves there: a
// port that is let go is anybody's. Connections that meet no server are closed.
type gate struct {
	net.Listener
	mu      sync.Mutex
	current *door
}

func newGate(tb testing.TB) *gate {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(tb, err)
	g := &gate{Listener: l}
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.hand()
	}()
	tb.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return g
}

// open is the listener of the next server.
func (g *gate) open() *door {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.current = &door{gate: g, conns: make(chan net.Conn), closed: make(chan struct{})}
	return g.current
}

// hand gives each connection to the server of the moment.
func (g *gate) hand() {
	for {
		conn, err := g.Accept()
		if err != nil {
			return
		}
		g.mu.Lock()
		d := g.current
		g.mu.Unlock()
		select {
		case d.conns <- conn:
		case <-d.closed:
			_ = conn.Close()
		}
	}
}

// door is a net.Listener for the time of one server.
type door struct {
	gate   *gate
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (d *door) Accept() (net.Conn, error) {
	select {
	case conn := <-d.conns:
		return conn, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

func (d *door) Close() error {
	d.once.Do(func() { close(d.closed) })
	return nil
}

func (d *door) Addr() net.Addr { return d.gate.Addr() }
