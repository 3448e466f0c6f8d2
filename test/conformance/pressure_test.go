package conformance

import (
	"net"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/registry"
	. "switchyard.dev/test/gatewaytest"
)

// more is what no chain of socket buffers holds.
const more = 48 << 20

// A reader that comes late gets every byte, and until it comes the writer
// waits: nothing is buffered without bound.
func TestBackPressure(t *testing.T) { backPressure(t, setUp(t)) }

func TestBackPressureOverTLSWithTheService(t *testing.T) { backPressure(t, setUpSecured(t)) }

func backPressure(t *testing.T, r *rig) {
	p := pattern(more)
	wire := Encode(append(messages(p, 1000), Close(1000, ""))...)
	over(t, func(t *testing.T, via Transport) {
		t.Run("a service that reads late", func(t *testing.T) {
			c, s := r.pair(t, via)
			go func() { _, _ = c.Write(wire) }()
			if n := r.stalled(t); n >= more {
				t.Errorf("the gateway took all %d bytes though nobody read them", n)
			}
			s.Want(p)
			s.WantEOF()
			_ = s.Close()
			c.WantClose(1000, "")
			c.WantEnd()
		})
		t.Run("a client that reads late", func(t *testing.T) {
			c, s := r.pair(t, via)
			go func() {
				_, _ = s.Write(p)
				_ = s.Close()
			}()
			if n := r.stalled(t); n >= more {
				t.Errorf("the gateway took all %d bytes though nobody read them", n)
			}
			c.WantData(OpBinary, p)
			c.WantClose(1000, "backend_eof")
			c.Send(Close(1000, ""))
			c.WantEnd()
		})
	})
}

// stalled waits until no byte has moved for a moment and says how many had.
func (r *rig) stalled(t *testing.T) uint64 {
	t.Helper()
	var last uint64
	since := time.Now()
	Eventually(t, "bytes have moved and then stopped", func() bool {
		if moved := r.moved(); moved != last {
			last, since = moved, time.Now()
		}
		return last > 0 && time.Since(since) > brief
	})
	return last
}

// moved is how many payload bytes went through the live sessions.
func (r *rig) moved() (n uint64) {
	r.Sessions().Each(func(live registry.Live) bool {
		stats := live.Stats()
		n += stats.BytesIn + stats.BytesOut
		return true
	})
	return n
}

// Peers that take nothing are cut by the write timeout.
func TestStalledPeers(t *testing.T) {
	y := New(t)
	stalledPeers(t, y, y.Script(), y.Flood(), nil)
}

func TestStalledPeersOverTLSWithTheService(t *testing.T) {
	y, i := New(t), NewIdentity(t)
	block := make([]byte, 64<<10)
	flood := y.ServeTLS(i, func(c net.Conn) {
		for {
			if _, err := c.Write(block); err != nil {
				return
			}
		}
	})
	stalledPeers(t, y, y.ScriptTLS(i), flood, i.Trust)
}

func stalledPeers(t *testing.T, y *Yard, deaf *Script, flood string, tls *config.BackendTLS) {
	policy := &config.Policy{WriteTimeout: after(brief), CloseTimeout: after(brief)}
	g := y.Gateway(Options{Routes: []Route{
		{Path: "/flood", Backends: []string{flood}, TLS: tls, Policy: policy},
		{Path: "/deaf", Backends: []string{deaf.Addr}, TLS: tls, Policy: policy},
	}})
	records := 0
	over(t, func(t *testing.T, via Transport) {
		t.Run("a client that never reads is cut", func(t *testing.T) {
			c := g.Open(t, via, "/flood")
			records = g.Access.WantCause(t, records, "client_stalled")
			c.WantCut()
		})
		t.Run("a service that never reads is cut", func(t *testing.T) {
			c := g.Open(t, via, "/deaf")
			s := deaf.Accept(t)
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				block := Encode(Binary(make([]byte, 1<<20)))
				for range more >> 20 {
					if _, err := c.Write(block); err != nil {
						return
					}
				}
			}()
			records = g.Access.WantCause(t, records, "backend_stalled")
			c.WantCut()
			s.WantCut()
			_ = c.TCP.Close()
			<-sent
		})
		t.Run("a client that never reads pongs and does not stop is cut or waited for", func(t *testing.T) {
			c, s := g.Open(t, via, "/deaf"), deaf.Accept(t)
			ping := Encode(Ping(pattern(125)))
			for range 1000 {
				c.Raw(ping)
			}
			c.Vanish()
			s.WantCut()
			records = g.Access.WantCause(t, records, "client_gone")
		})
	})
}
