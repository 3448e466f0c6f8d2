package footprint

import (
	"crypto/tls"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// An AES-GCM state is 896 bytes each way, as much as a tls.Conn; the ends in
// memory of these tests are in the bound, too.
const most = 3300

func TestAnIdleConnectionCostsLittle(t *testing.T) {
	const count = 500
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			client, server := k.settings(t)
			client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			idle := func() *tls.Conn {
				p := connect(t, client, server)
				p.client.Write(make([]byte, 10_000))
				if _, err := io.ReadFull(p.server, make([]byte, 10_000)); err != nil {
					t.Fatal(err)
				}
				Shrink(p.server)
				p.server.Write(make([]byte, 64))
				p.toClient.take()
				return p.server
			}
			idle() // what is held once
			conns := make([]*tls.Conn, count)
			before := live()
			for i := range conns {
				conns[i] = idle()
			}
			each := (live() - before) / count
			runtime.KeepAlive(conns)
			t.Logf("%d bytes each", each)
			if each > most {
				t.Errorf("an idle connection costs %d bytes, at most %d expected", each, most)
			}
		})
	}
}

// What a turn costs where the connection is idle before each.
func BenchmarkTurn(b *testing.B) {
	var l Loan
	for how, idleAfter := range map[string]func(c *tls.Conn, read func()){
		"kept":   func(_ *tls.Conn, read func()) { read() },
		"shrunk": func(c *tls.Conn, read func()) { read(); Shrink(c) },
		"lent":   l.Do,
	} {
		for _, size := range []int{64, 1000, 16000} {
			b.Run(fmt.Sprintf("%s/%d", how, size), func(b *testing.B) {
				client, server := settings(b)
				client.DynamicRecordSizingDisabled = true
				p := connect(b, client, server)
				sent, got := make([]byte, size), make([]byte, size)
				b.ReportAllocs()
				for b.Loop() {
					p.client.Write(sent)
					idleAfter(p.server, func() {
						p.server.Read(got)
						if n, err := p.server.Read(got); err != (wouldBlock{}) {
							b.Fatal(n, err)
						}
					})
				}
			})
		}
	}
}

// live is how much memory is reachable.
func live() int64 {
	var m runtime.MemStats
	for range 3 { // what sync.Pools hold goes after two
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
