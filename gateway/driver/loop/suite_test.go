//go:build linux

package loop

import (
	"testing"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
)

func TestSuite(t *testing.T) {
	g := group(t)
	drivertest.Suite{New: func(t *testing.T, o driver.Options) driver.Session {
		s := g.New(o)
		if err := s.Adopt(); err != nil {
			t.Fatal(err)
		}
		return s
	}}.Run(t)
}
