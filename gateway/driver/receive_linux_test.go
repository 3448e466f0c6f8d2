package driver

import (
	"errors"
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

func TestAResetRightBehindDataIsSeen(t *testing.T) {
	const rounds = 100
	for name, via := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range rounds {
				r := start(t, via, testConfig())
				r.service.Write([]byte("last words"))
				r.reset()
				if got := r.data(t, 10); string(got) != "last words" {
					t.Fatalf("read %q", got)
				}
				r.wantClose(t, 1014, "backend_reset")
				r.send(t, frame.Close, nil)
				r.want(t, session.BackendReset)
			}
		})
	}
}

// The kernel tells of a reset once. Where a write was told, a read finds no
// more than an end, which must not pass for a proper one.
func TestAResetThatAWriteWasToldOfIsNoEnd(t *testing.T) {
	ends := map[string]struct {
		end  func(*net.TCPConn)
		want error
	}{
		"a FIN is an end":              {end: func(c *net.TCPConn) { c.CloseWrite() }},
		"a reset is none":              {end: func(c *net.TCPConn) { c.SetLinger(0); c.Close() }, want: unix.ECONNRESET},
		"a FIN and a reset are an end": {end: func(c *net.TCPConn) { c.CloseWrite(); c.SetLinger(0); c.Close() }},
	}
	for name, tc := range ends {
		t.Run(name, func(t *testing.T) {
			near, far := tcpPair(t)
			tc.end(far)
			raw, err := near.SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			if err := raw.Read(func(fd uintptr) bool { return awaitEnd(int(fd)) }); err != nil {
				t.Fatal(err)
			}
			if tc.want != nil {
				near.Write([]byte("x")) // takes the error
			}
			if err := receiveTCP(near, func([]byte) bool { return true }); !errors.Is(err, tc.want) {
				t.Errorf("the end is %v, want %v", err, tc.want)
			}
		})
	}
}

// awaitEnd waits for an end of the connection, and reads nothing.
func awaitEnd(fd int) bool {
	p := unix.PollFd{Fd: int32(fd), Events: unix.POLLRDHUP}
	n, _ := pollNow(&p)
	return n > 0
}
