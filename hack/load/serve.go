package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"time"

	"switchyard.dev/hack/load/internal/backend"
	"switchyard.dev/hack/load/internal/link"
)

// serveSlice is how long a server works between two looks at its context.
const serveSlice = 100 * time.Millisecond

// serve runs services until the context ends. Each argument is KIND=ADDRESS;
// a line "KIND ADDRESS" says where each came to listen, in the same order.
func serve(ctx context.Context, args []string, stdout, _ io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("serve: name at least one KIND=ADDRESS; kinds are %v", backend.Kinds())
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	loop, err := link.NewLoop(netip.AddrPort{})
	if err != nil {
		return err
	}
	defer loop.Close()
	for _, arg := range args {
		kind, text, _ := strings.Cut(arg, "=")
		address, err := netip.ParseAddrPort(text)
		if err != nil {
			return fmt.Errorf("serve: %q: the address is not IP:PORT: %w", arg, err)
		}
		bound, err := backend.Serve(loop, kind, address)
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, kind, bound)
	}
	for ctx.Err() == nil {
		if err := loop.Run(time.Now().Add(serveSlice), nil); err != nil {
			return err
		}
	}
	return nil
}
