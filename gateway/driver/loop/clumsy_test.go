//go:build linux

package loop

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
)

// clumsy is a gate at fault, and its caller.
type clumsy struct {
	in     string
	faults chan any
}

func (c *clumsy) fail(where string) {
	if c.in == where {
		panic(where)
	}
}

func (c *clumsy) Greets() bool                            { return true }
func (c *clumsy) Patience() time.Duration                 { return drivertest.Patience }
func (c *clumsy) Lost(error, time.Duration)               {}
func (c *clumsy) Fault(v any, _ []byte, _ netip.AddrPort) { c.faults <- v }
func (c *clumsy) Detour(conn driver.Conn, _ []byte)       { conn.Close(); c.fail("Detour") }
func (c *clumsy) Greet(netip.AddrPort, []byte) (_ Caller) { c.fail("Greet"); return nil }

// A fault in the handling of a client that has left its shard already is not a
// second departure.
func TestAGatesFaultIsCountedOnce(t *testing.T) {
	for _, where := range []string{"Greet", "Detour"} {
		t.Run("in "+where, func(t *testing.T) {
			g, err := NewGroup()
			if err != nil {
				t.Fatal(err)
			}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			gate := &clumsy{in: where, faults: make(chan any, 2)}
			address := l.Addr().String()
			stop, err := g.Accept(l.(*net.TCPListener), net.KeepAliveConfig{Idle: time.Minute, Interval: time.Minute, Count: 1}, gate)
			if err != nil {
				t.Fatal(err)
			}
			client, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			client.Write([]byte("GET"))
			if v := <-gate.faults; v != where {
				t.Errorf("the fault is %v", v)
			}
			stop()
			g.Close()
			var left int64
			for _, shard := range g.shards {
				left += shard.sessions.Load()
			}
			if left != 0 {
				t.Errorf("%d clients are counted", left)
			}
		})
	}
}
