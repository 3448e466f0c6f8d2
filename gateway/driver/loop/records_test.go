//go:build linux

package loop

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
)

// dripping is a connection that keeps what is written until somebody lets some of
// it go.
type dripping struct {
	net.Conn
	kept    []byte
	letting bool
}

func (d *dripping) Write(p []byte) (int, error) {
	if d.letting {
		return d.Conn.Write(p)
	}
	d.kept = append(d.kept, p...)
	return len(p), nil
}

// drip lets up to n bytes go.
func (d *dripping) drip(n int) {
	n = min(n, len(d.kept))
	d.Conn.Write(d.kept[:n])
	d.kept = d.kept[n:]
}

// The records of two clients arrive at the same moments, in drops of any size,
// which end anywhere in a record. Where they had sent a large one before, crypto/tls
// receives them itself.
func TestRecordsOfManyArriveInDrops(t *testing.T) {
	const first, second = 15_000, 700
	drops := []int{1, 100, 1400, smallPiece - 1, smallPiece, 20_000}
	for i := range 2 * len(drops) {
		drop, before := drops[i/2], i%2*smallPiece
		t.Run(fmt.Sprintf("of %d bytes, after a piece of %d", drop, before), func(t *testing.T) {
			g, _ := byHand(t)
			l := g.shards[0]
			clients, services := []*dripping{}, []net.Conn{}
			for range 2 {
				near, far := drivertest.TCPPair(t)
				slow := &dripping{Conn: far, letting: true}
				server, client := drivertest.ShakeHands(t, driver.NewTransport(near), slow)
				services = append(services, begin(t, g, server))
				slow.letting = false
				client.Write(drivertest.Masked(frame.Binary, pattern(first)))
				client.Write(drivertest.Masked(frame.Binary, pattern(second)))
				clients = append(clients, slow)
			}
			for _, at := range l.slots {
				at.session.client.noteSize(before)
			}
			for len(clients[0].kept) > 0 {
				for _, c := range clients {
					c.drip(drop)
				}
				for l.turn(); len(l.later) > 0; {
					l.turn()
				}
			}
			want := append(pattern(first), pattern(second)...)
			for _, service := range services {
				got := make([]byte, len(want))
				if _, err := io.ReadFull(service, got); err != nil || !bytes.Equal(got, want) {
					t.Errorf("the service was sent other bytes: %v", err)
				}
			}
		})
	}
}
