//go:build !linux || portable

package gateway

import (
	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/pump"
)

// drivers makes the drivers of sessions. The tag portable lets Linux have those
// of other systems, for tests.
type drivers struct{}

func newDrivers() (drivers, error) { return drivers{}, nil }

func (drivers) new(o driver.Options) driver.Session { return pump.New(o) }

func (drivers) close() {}
