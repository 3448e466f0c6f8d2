// Package backend is the services that stand behind what is measured: echo,
// sink and source, over plain TCP and, for proxies that pass WebSocket
// through, over WebSocket.
//
// All of them live in one epoll loop and do as little as they can.
package backend

import (
	"fmt"
	"net/netip"
	"slices"

	"switchyard.dev/hack/load/internal/link"
	"switchyard.dev/hack/load/internal/wire"
)

const (
	// pendingLimit is how much an echo holds for a client that does not read,
	// before it is taken for gone.
	pendingLimit = 64 << 20
	// sourceFrame is the payload of a WebSocket source's frames; a divisor of
	// the pattern's period.
	sourceFrame = 16 << 10
)

// Kinds are the services there are.
func Kinds() []string {
	return []string{"echo", "sink", "source", "ws-echo", "ws-sink", "ws-source"}
}

// Factory makes a machine for every connection to a service of that kind.
func Factory(kind string) (func() link.Machine, error) {
	if !slices.Contains(Kinds(), kind) {
		return nil, fmt.Errorf("backend: no service %q, want one of %v", kind, Kinds())
	}
	plain := wire.NewPattern().Append(nil, 0, wire.PatternSize)
	framed := frames(plain)
	return func() link.Machine {
		switch kind {
		case "echo":
			return &echo{}
		case "sink":
			return &sink{}
		case "source":
			return &source{block: plain}
		case "ws-echo":
			return &socket{service: &echo{}}
		case "ws-sink":
			return &socket{service: &sink{}}
		default:
			return &socket{service: &source{block: framed}}
		}
	}, nil
}

// frames is a period of the pattern as a server's frames.
func frames(plain []byte) []byte {
	var b []byte
	for piece := range slices.Chunk(plain, sourceFrame) {
		b = wire.AppendServerFrame(b, wire.Binary, piece)
	}
	return b
}

// Serve opens a service of that kind on address, in loop, and returns the
// address that was bound.
func Serve(loop *link.Loop, kind string, address netip.AddrPort) (netip.AddrPort, error) {
	machine, err := Factory(kind)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return loop.Listen(address, machine)
}
