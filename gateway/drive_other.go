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

func (drivers) close() {}

// resume leaves it to the goroutine that has the client to reach its service.
func (*arrival) resume(*upstream.Attempt) bool { return false }

// accept is for listener.New: clients are a goroutine's here.
func (*Gateway) accept(*net.TCPListener, *listener.Socket) (stop func()) { return nil }
