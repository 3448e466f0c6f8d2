//go:build !portable

package gateway

import (
	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/loop"
	"switchyard.dev/gateway/driver/pump"
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

// close is to be called once no session is left.
func (d drivers) close() { d.loops.Close() }
