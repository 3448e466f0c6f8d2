//go:build linux

package loop

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A count of -1, the system call's own, would be taken for bytes.
func TestACallThatFailsCountsNothing(t *testing.T) {
	k, err := newKernel()
	if err != nil {
		t.Fatal(err)
	}
	defer k.end()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer k.close(fds[0])
	if n, errno := k.recv(fds[0], make([]byte, 1)); n != 0 || errno != unix.EAGAIN {
		t.Errorf("recv of nothing: %d, %v", n, errno)
	}
	for {
		n, errno := k.send(fds[0], make([]byte, 64<<10))
		if errno == 0 {
			continue
		}
		if n != 0 || errno != unix.EAGAIN {
			t.Errorf("send to one that is full: %d, %v", n, errno)
		}
		break
	}
	k.close(fds[1])
	if n, errno := k.send(fds[0], make([]byte, 1)); n != 0 || errno != unix.EPIPE {
		t.Errorf("send to nobody: %d, %v", n, errno)
	}
}

// Else it would depend on the moment of an event whether such a service is there.
func TestAServiceThatHasEndedAlreadyWasReached(t *testing.T) {
	k, err := newKernel()
	if err != nil {
		t.Fatal(err)
	}
	defer k.end()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	fd, errno := k.connect(netip.MustParseAddrPort(l.Addr().String()))
	if errno != 0 {
		t.Fatal(errno)
	}
	defer k.close(fd)
	service, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	service.Close()
	if err := k.watch(fd, token{}); err != nil {
		t.Fatal(err)
	}
	var x side
	for events := make([]unix.EpollEvent, 1); !x.ended; {
		if k.wait(events, time.Minute) > 0 {
			x.ready(events[0].Events)
		}
	}
	if err := k.failure(fd); err != nil || !x.writable {
		t.Errorf("it failed: %v; writable: %v", err, x.writable)
	}
}
