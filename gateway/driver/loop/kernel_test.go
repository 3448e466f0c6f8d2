//go:build linux

package loop

import (
	"testing"

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
