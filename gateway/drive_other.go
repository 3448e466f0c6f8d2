//go:build !linux || portable

package gateway

import (
	"net"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/pump"
	"switchyard.dev/gateway/listener"
	"switchyard.dev/gateway/upstream"
)

// drivers makes the drivers of sessions. The tag portable lets Linux have those
// of other systems, for tests.
type drivers struct{}

func newDrivers() (drivers, error) { return drivers{}, nil }

func (drivers) new(o driver.Options) driver.Session { return pump.New(o) }

func (drivers) connect(driver.Conn) upstream.Connect { return nil }

func (drivers) close() {}

// accept is for listener.New: clients are a goroutine's here.
func (*Gateway) accept(*net.TCPListener, *listener.Socket) (stop func()) { return nil }
