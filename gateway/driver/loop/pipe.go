//go:build linux

package loop

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pipe is what splice(2) moves bytes through without copying them. There is one
// a shard, empty between two uses; it is made when it is first needed.
type pipe struct {
	out, in int
	made    bool
}

// pipeSize is how much a pipe holds, in bytes, if the kernel lets it. What it
// has room for are pieces of memory, each of which may be smaller than a page.
const pipeSize = 1 << 20

func (p *pipe) make() error {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return err
	}
	p.out, p.in, p.made = ends[0], ends[1], true
	_, _ = unix.FcntlInt(uintptr(p.in), unix.F_SETPIPE_SZ, pipeSize) // less is enough to work
	return nil
}

func (k *kernel) load(fd, most int) (int, syscall.Errno) {
	if !k.pipe.made && k.pipe.make() != nil {
		return 0, 0 // the gateway has run out of something, which is no failure of fd's
	}
	return splice(fd, k.pipe.in, most)
}

func (k *kernel) unload(fd, n int) (moved int, errno syscall.Errno) {
	for moved < n {
		some, errno := splice(k.pipe.out, fd, n-moved)
		if errno != 0 {
			return moved, errno
		}
		moved += some
	}
	return moved, 0
}

func (k *kernel) discard() {
	if k.pipe.made {
		unix.Close(k.pipe.out)
		unix.Close(k.pipe.in)
		k.pipe.made = false
	}
}

func splice(from, to, most int) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0,
			uintptr(most), unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		if errno != unix.EINTR {
			return max(int(n), 0), errno
		}
	}
}

func (k *kernel) spill(p []byte) (n int) {
	for n < len(p) {
		some, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(k.pipe.out),
			uintptr(unsafe.Pointer(&p[n])), uintptr(len(p)-n))
		if errno != 0 && errno != unix.EINTR || errno == 0 && some == 0 {
			break
		}
		n += max(int(some), 0)
	}
	return n
}
