package conformance

import (
	"testing"
	"time"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// unhurried is a timeout that must not pass while a test does its part.
const unhurried = 2 * time.Second

func TestKeepalive(t *testing.T) {
	t.Run("5.5.2 a silent client is pinged, and lives while it answers", func(t *testing.T) {
		r := setUpWith(t, Options{}, &config.Policy{PingInterval: after(unhurried), PongTimeout: after(unhurried)})
		c, s := r.pair(t, Plain)
		for range 2 {
			ping := c.Next()
			if ping.Op != OpPing {
				t.Fatalf("read %v, want a ping", ping)
			}
			c.Send(Pong(ping.Payload))
		}
		s.Send([]byte("alive"))
		c.WantData(OpBinary, []byte("alive"))
	})
	r := setUpWith(t, Options{}, &config.Policy{PingInterval: after(brief), PongTimeout: after(brief), CloseTimeout: after(brief)})
	over(t, func(t *testing.T, via Transport) {
		t.Run("5.5.2 a ping without an answer ends the session with ping_timeout", func(t *testing.T) {
			c, s := r.pair(t, via)
			if ping := c.Next(); ping.Op != OpPing {
				t.Fatalf("read %v, want a ping", ping)
			}
			c.WantClose(1001, "ping_timeout")
			c.WantCut()
			s.WantCut()
		})
	})
}

func TestIdle(t *testing.T) {
	r := setUpWith(t, Options{}, &config.Policy{IdleTimeout: after(brief)})
	const pinged = "/script/pinged"
	r.add(Route{Path: pinged, Policy: &config.Policy{
		IdleTimeout: after(4 * brief), PingInterval: after(brief), PongTimeout: after(unhurried),
	}})
	over(t, func(t *testing.T, via Transport) {
		t.Run("no data either way ends the session with idle", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.WantClose(1001, "idle")
			c.Send(Close(1001, ""))
			c.WantEnd()
			s.WantCut()
		})
		t.Run("answered pings are no data", func(t *testing.T) {
			c, s := r.pairAt(t, via, pinged)
			f := c.Next()
			for ; f.Op == OpPing; f = c.Next() {
				c.Send(Pong(f.Payload))
			}
			if !f.Equal(Close(1001, "idle")) {
				t.Errorf("read %v, want the close of an idle session", f)
			}
			c.Send(Close(1001, ""))
			c.WantEnd()
			s.WantCut()
		})
	})
}

func TestSilenceThatIsAllowed(t *testing.T) {
	y := New(t)
	script := y.Script()
	g := y.Gateway(Options{Routes: []Route{{Path: scriptPath, Backends: []string{script.Addr}, Policy: &config.Policy{
		PingInterval: never(), IdleTimeout: never(),
	}}}})
	c := g.Open(t, Plain, scriptPath)
	s := script.Accept(t)
	// Zero is never, not at once.
	s.Send([]byte("a"))
	c.Want(Binary([]byte("a")))
	c.Send(Binary([]byte("b")))
	s.Want([]byte("b"))
	c.Send(Close(1000, ""))
	s.WantEOF()
	_ = s.Close()
	c.WantClose(1000, "")
	c.WantEnd()
}
