//go:build linux

package loop

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func realKernel(t *testing.T) *kernel {
	t.Helper()
	k, err := newKernel()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.end)
	return k
}

// A count of -1, the system call's own, would be taken for bytes.
func TestACallThatFailsCountsNothing(t *testing.T) {
	k := realKernel(t)
	e := pair(t, k)
	if n, errno := k.recv(e.near, make([]byte, 1)); n != 0 || errno != unix.EAGAIN {
		t.Errorf("recv of nothing: %d, %v", n, errno)
	}
	if n, errno := fill(k, e.near); n != 0 || errno != unix.EAGAIN {
		t.Errorf("send to one that is full: %d, %v", n, errno)
	}
	e.closeFar(k)
	if n, errno := k.send(e.near, make([]byte, 1)); n != 0 || errno != unix.EPIPE {
		t.Errorf("send to nobody: %d, %v", n, errno)
	}
}

// Else it would depend on the moment of an event whether such a service is there.
func TestAServiceThatHasEndedAlreadyWasReached(t *testing.T) {
	k := realKernel(t)
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

func TestAPipeKeepsWhatASocketDoesNotTake(t *testing.T) {
	k := realKernel(t)
	back, front := pair(t, k), pair(t, k)
	service, near := back.far, back.near
	far, client := front.near, front.far
	if err := unix.SetsockoptInt(far, unix.SOL_SOCKET, unix.SO_SNDBUF, 16<<10); err != nil {
		t.Fatal(err)
	}
	said := pattern(100 << 10)
	if n, errno := k.send(service, said); n != len(said) || errno != 0 {
		t.Fatalf("send: %d, %v", n, errno)
	}
	p := k.openPipe()
	defer k.closePipe(p)
	n, errno := k.load(p, near, mostRead)
	if n != len(said) || errno != 0 {
		t.Fatalf("load: %d, %v", n, errno)
	}
	if n, errno := k.load(p, near, mostRead); n != 0 || errno != unix.EAGAIN {
		t.Errorf("load of nothing: %d, %v", n, errno)
	}
	var heard []byte
	for rounds := 0; n > 0; rounds++ {
		moved, errno := k.unload(p, far, n)
		if n -= moved; n > 0 && errno != unix.EAGAIN {
			t.Fatalf("unload: %d, %v", moved, errno)
		}
		if rounds == 0 && n == 0 {
			t.Fatal("all of it was taken at once")
		}
		for b := make([]byte, len(said)); ; {
			some, errno := k.recv(client, b)
			if errno != 0 {
				break
			}
			heard = append(heard, b[:some]...)
		}
	}
	if !bytes.Equal(heard, said) {
		t.Errorf("%d bytes come out, which are not the %d that went in", len(heard), len(said))
	}
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}
