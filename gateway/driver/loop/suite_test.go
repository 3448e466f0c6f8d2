//go:build linux

package loop

import (
	"testing"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
)

func TestSuite(t *testing.T) {
	suiteOf(group(t)).Run(t)
}

// suiteOf is that of sessions of g.
func suiteOf(g *Group) drivertest.Suite {
	return drivertest.Suite{New: func(t *testing.T, o driver.Options) driver.Session {
		s := g.New(o)
		if err := s.Adopt(); err != nil {
			t.Fatal(err)
		}
		return s
	}}
}
