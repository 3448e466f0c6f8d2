package gatewaytest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// Ports that tests choose are below those that systems give to clients, which
// could take one between its choice and its use.
const (
	firstPort = 16 << 10
	ports     = 16 << 10
	// portTries is how often a free one is looked for.
	portTries = 100
)

// FreeAddress is a loopback address that nobody listens on.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	return fmt.Sprintf("127.0.0.1:%d", freePorts(tb, 1)[0])
}

// freePorts are loopback ports that nobody listens on, each another.
func freePorts(tb testing.TB, n int) []uint32 {
	tb.Helper()
	var free []uint32
	for range portTries {
		port := firstPort + rand.IntN(ports)
		ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer ln.Close()
		if free = append(free, uint32(port)); len(free) == n {
			return free
		}
	}
	tb.Fatal("no port is free")
	return nil
}
