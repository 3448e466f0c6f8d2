//go:build !portable

package gateway

import (
	"context"
	"net/netip"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/loop"
	"switchyard.dev/gateway/driver/pump"
	"switchyard.dev/gateway/upstream"
)

// drivers makes the drivers of sessions: event loops, but for what is no socket.
type drivers struct{ loops *loop.Group }

func newDrivers() (drivers, error) {
	g, err := loop.NewGroup()
	return drivers{g}, err
}

func (d drivers) new(o driver.Options) driver.Session {
	if s := d.loops.New(o); s != nil {
		return s
	}
	return pump.New(o)
}

// connect is how to reach an address for client; nil where the pool's own way
// must do.
func (d drivers) connect(client driver.Conn) upstream.Connect {
	if !loop.Drives(client) {
		return nil
	}
	return func(ctx context.Context, to netip.AddrPort) (upstream.Stream, error) {
		link, err := d.loops.Connect(ctx, to)
		if err != nil {
			return nil, err
		}
		return link, nil
	}
}

// close is to be called once no session is left.
func (d drivers) close() { d.loops.Close() }
