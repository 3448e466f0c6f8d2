package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const (
	// timedRoutes are applied by the API's client, timedByKubectl by kubectl.
	timedRoutes    = 200
	timedByKubectl = 20
)

// remarkable is a time after which it is said what was in the way.
const remarkable = 2 * time.Second

// testTiming prints how long it takes until a route is served, from when it is
// written. What it takes is not asserted.
func testTiming(t *testing.T, i *installation) {
	served := make([]time.Duration, timedRoutes)
	for n := range served {
		name := fmt.Sprintf("timed-%d", n)
		i.applyRoute(t, name, "/"+name)
		served[n] = i.untilServed(t, "/"+name)
	}
	t.Logf("server-side apply by the API's client to the first session: %s", percentiles(served))

	served = make([]time.Duration, timedByKubectl)
	whole := make([]time.Duration, timedByKubectl)
	for n := range served {
		name := fmt.Sprintf("kubectl-%d", n)
		begun := time.Now()
		apply(t, apps, routeYAML(name, "/"+name, "echo"))
		served[n] = i.untilServed(t, "/"+name)
		whole[n] = time.Since(begun)
	}
	t.Logf("return of kubectl apply to the first session: %s", percentiles(served))
	t.Logf("start of kubectl apply to the first session: %s", percentiles(whole))
}

// untilServed asks again and again, and returns how long it was refused.
func (i *installation) untilServed(t *testing.T, path string) time.Duration {
	t.Helper()
	begun := time.Now()
	var refused error
	for tries := 1; ; tries++ {
		err := i.visit(path)
		took := time.Since(begun)
		if err == nil {
			if took > remarkable {
				t.Logf("%s was served after %v, by try %d; the one before: %v", path, took, tries, refused)
			}
			return took
		}
		refused = err
		if took > patience {
			t.Fatalf("%s is not served after %v: %v", path, patience, err)
		}
	}
}

func percentiles(all []time.Duration) string {
	slices.Sort(all)
	at := func(share float64) time.Duration { return all[int(share*float64(len(all)-1))].Round(time.Millisecond) }
	return fmt.Sprintf("p50 %v, p99 %v, at most %v, of %d routes", at(0.5), at(0.99), at(1), len(all))
}
