package xds

import "time"

// Bounds of the wait before a connection is tried again.
const (
	shortest = 100 * time.Millisecond
	longest  = 15 * time.Second
)

// delay is the wait after so many fruitless tries in a row: evenly anywhere, by
// chance in [0, 1), below a bound that doubles. Gateways that lost their
// controller together do not come back together.
func delay(fruitless int, chance float64) time.Duration {
	bound := shortest
	for range fruitless {
		if bound = 2 * bound; bound >= longest {
			bound = longest
			break
		}
	}
	return time.Duration(chance * float64(bound))
}
