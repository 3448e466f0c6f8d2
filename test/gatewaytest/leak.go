package gatewaytest

import (
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
)

// watchLeaks compares the goroutines and sockets at the end of the test with
// those of now.
func watchLeaks(tb testing.TB) {
	tb.Helper()
	startPoller(tb)
	goroutinesBefore, socketsBefore := goroutines(), sockets()
	tb.Cleanup(func() {
		if left := leftOver(goroutinesBefore, goroutines); len(left) > 0 {
			tb.Errorf("%d goroutines were left behind:\n%s", len(left), strings.Join(cut(left), "\n\n"))
		}
		if left := leftOver(socketsBefore, sockets); len(left) > 0 {
			tb.Errorf("%d descriptors were left open: %s", len(left), strings.Join(cut(left), ", "))
		}
	})
}

// maxShown bounds how many of what was left behind are printed.
const maxShown = 5

func cut(all []string) []string { return all[:min(len(all), maxShown)] }

// leftOver waits until nothing is there that was not there before, and returns
// what stays all the same.
func leftOver(before map[string]string, now func() map[string]string) []string {
	var left []string
	Within(Patience, func() bool {
		left = left[:0]
		for id, what := range now() {
			if _, known := before[id]; !known {
				left = append(left, what)
			}
		}
		return len(left) == 0
	})
	return left
}

// goroutines are the stacks of all goroutines but the caller's, by number.
func goroutines() map[string]string {
	buf := make([]byte, 64<<10)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	all := map[string]string{}
	for i, stack := range strings.Split(string(buf), "\n\n") {
		if i == 0 {
			continue // the caller's own
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " ")
		all[id] = stack
	}
	return all
}

// sockets are the open sockets of this process, where the system tells.
// Runtime descriptors (the poller's, pipes kept for splice) are no one's leak.
func sockets() map[string]string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	open := map[string]string{}
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			open[target] = target
		}
	}
	return open
}

// startPoller makes the runtime open what it opens with the first socket.
func startPoller(tb testing.TB) {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	_ = ln.Close()
}
