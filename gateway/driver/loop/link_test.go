//go:build linux

package loop

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

func newGroup(t *testing.T) *Group {
	t.Helper()
	g, err := NewGroup()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// service is a listener, and its address.
func service(t *testing.T) (net.Listener, netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, l.Addr().(*net.TCPAddr).AddrPort()
}

// linked is a link of g's, and the service's end of it.
func linked(t *testing.T, g *Group) (link *Link, far net.Conn) {
	t.Helper()
	l, to := service(t)
	link, err := g.Connect(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return link, far
}

func TestASessionOverALink(t *testing.T) {
	g := newGroup(t)
	link, far := linked(t, g)
	io.WriteString(far, "before the session")
	near, client := drivertest.TCPPair(t)
	o := drivertest.NewOwner()
	s := g.New(driver.Options{Client: near, Service: link, Config: drivertest.Config(), Owner: o})
	if err := s.Adopt(); err != nil {
		t.Fatal(err)
	}
	s.Start([]byte("answer"), drivertest.Masked(frame.Binary, []byte("early")))
	for _, side := range []struct {
		conn net.Conn
		want string
	}{{far, "early"}, {client, "answer\x82\x12before the session"}} {
		got := make([]byte, len(side.want))
		side.conn.SetReadDeadline(time.Now().Add(drivertest.Patience))
		if _, err := io.ReadFull(side.conn, got); err != nil || string(got) != side.want {
			t.Errorf("read %q, %v, want %q", got, err, side.want)
		}
	}
	s.Cut(session.Drain)
	o.Want(t, session.Drain)
}

func TestALinkThatDoesNotComeAbout(t *testing.T) {
	g := newGroup(t)
	l, to := service(t)
	l.Close()
	if _, err := g.Connect(t.Context(), to); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("nobody listens: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// An address for documentation (RFC 5737): nobody answers, or there is no route.
	if _, err := g.Connect(ctx, netip.MustParseAddrPort("192.0.2.1:1")); err == nil {
		t.Error("nobody answers, and yet there is a link")
	}
	g.Close()
	for _, l := range g.shards {
		if n := l.sessions.Load(); n != 0 {
			t.Errorf("%d sessions are left", n)
		}
	}
}

func TestALinkThatIsGivenUpIsClosed(t *testing.T) {
	link, far := linked(t, newGroup(t))
	link.Close()
	far.SetReadDeadline(time.Now().Add(drivertest.Patience))
	if n, err := far.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the service read %d, %v; want the end", n, err)
	}
}
