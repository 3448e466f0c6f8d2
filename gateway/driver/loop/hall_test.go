//go:build linux

package loop

import (
	"crypto/tls"
	"net"
	"net/netip"
	"testing"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
)

func group(t *testing.T) *Group {
	t.Helper()
	g, err := NewGroup()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// hall is a gate that sends every client to a goroutine, and the caller of those
// that come back.
type hall struct {
	host
	detoured, failed chan driver.Conn
	address          string
}

func (h *hall) Greets() bool                        { return false }
func (h *hall) Detour(conn driver.Conn, _ []byte)   { h.detoured <- conn }
func (h *hall) Failed(conn driver.Conn, _ error)    { h.failed <- conn }
func (h *hall) Greet(netip.AddrPort, []byte) Caller { panic("nobody is read here") }

// leadsTo lets it call service.
func (h *hall) leadsTo(service net.Listener) *hall {
	h.service = addressOf(service)
	return h
}

func addressOf(l net.Listener) netip.AddrPort { return l.Addr().(*net.TCPAddr).AddrPort() }

func newHall(t *testing.T, g *Group) *hall {
	t.Helper()
	h := &hall{
		host:     host{owner: drivertest.NewOwner()},
		detoured: make(chan driver.Conn, 1), failed: make(chan driver.Conn, 1),
	}
	entrance := listen(t)
	h.address = entrance.Addr().String()
	stop, err := g.Accept(entrance, net.KeepAliveConfig{Idle: time.Minute, Interval: time.Minute, Count: 1}, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return h
}

// enter is a client that has said one byte, which was read, and what a goroutine
// has of it.
func (h *hall) enter(t *testing.T) (conn *custody, client *net.TCPConn) {
	t.Helper()
	dialled, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Close() })
	_ = dialled.SetDeadline(time.Now().Add(drivertest.Patience))
	_, _ = dialled.Write([]byte{'!'})
	conn = (<-h.detoured).(*custody)
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(drivertest.Patience))
	var b [1]byte
	if n, err := conn.Read(b[:]); n != 1 || err != nil {
		t.Fatalf("read %d, %v", n, err)
	}
	return conn, dialled.(*net.TCPConn)
}

// secured is both ends of TLS between a client and a goroutine.
func (h *hall) secured(t *testing.T) (server, client *tls.Conn) {
	t.Helper()
	conn, far := h.enter(t)
	return drivertest.ShakeHands(t, driver.NewTransport(conn), far)
}
