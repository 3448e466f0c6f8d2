package crowd

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	. "switchyard.dev/test/gatewaytest"
)

const often = 2 * time.Millisecond

func TestVisitorsAreServed(t *testing.T) {
	y := New(t)
	g := y.Gateway(Options{Routes: []Route{echoRoute(y, "/echo")}})
	before := len(g.Access.Records(t))
	d := OpenDoor(often, lively, through(g, "/echo")...)
	Eventually(t, "some visits", func() bool { return len(g.Access.Records(t)) > before+size })
	if v := d.Close(); v.Served < size || len(v.Failures) > 0 {
		t.Errorf("%d were served, failures: %v", v.Served, v.Failures)
	}
}

func TestVisitorsWhoAreNotServedAreCounted(t *testing.T) {
	y := New(t)
	for name, address := range map[string]string{
		"refused": y.Refused(),
		"cut before the answer": y.Serve(func(c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 1))
		}),
		"closed in the place of an echo": y.Serve(func(c *net.TCPConn) {
			if shake(c) {
				_, _ = c.Write(Encode(Close(1001, "").Unmasked()))
				_, _ = io.Copy(io.Discard, c)
			}
		}),
		"answered with what they did not say": y.Serve(func(c *net.TCPConn) {
			if shake(c) {
				_, _ = c.Write(Encode(Binary([]byte("hello")).Unmasked()))
				_, _ = io.Copy(io.Discard, c)
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			d := OpenDoor(often, lively, Entrance{Address: address, Host: ServerName, Path: "/", Subprotocol: "echo"})
			Eventually(t, "some failures", func() bool {
				d.mu.Lock()
				defer d.mu.Unlock()
				return len(d.visits.Failures) > size
			})
			if v := d.Close(); v.Served > 0 {
				t.Errorf("%d were served", v.Served)
			}
		})
	}
}

// balancer passes connections on to where it was told last.
type balancer struct {
	addr string
	to   atomic.Value
}

func newBalancer(y *Yard, to string) *balancer {
	b := &balancer{}
	b.sendTo(to)
	b.addr = y.Serve(func(conn *net.TCPConn) {
		over, err := net.Dial("tcp", b.to.Load().(string))
		if err != nil {
			return
		}
		defer over.Close()
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = io.Copy(over, conn)
			_ = over.(*net.TCPConn).CloseWrite()
		}()
		_, _ = io.Copy(conn, over)
		_ = conn.CloseWrite()
		<-done
	})
	return b
}

func (b *balancer) sendTo(address string) { b.to.Store(address) }
