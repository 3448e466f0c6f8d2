//go:build linux

package loop

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// pipe is what splice(2) moves bytes through without copying them. The zero
// value is none.
type pipe struct{ out, in int }

func (p pipe) made() bool { return p != pipe{} }

// pipeSize is how much a pipe holds, in bytes: the most that the kernel lets
// anybody have by default. A user without privileges who has many gets tiny ones
// (pipe(7)). What it has room for are pieces of memory, each of which may be
// smaller than a page.
const pipeSize = perRead * mostRead

func (k *kernel) openPipe() pipe {
	var ends [2]int
	if unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC) != nil {
		return pipe{}
	}
	p := pipe{out: ends[0], in: ends[1]}
	size, err := unix.FcntlInt(uintptr(p.in), unix.F_SETPIPE_SZ, pipeSize)
	if err != nil {
		size, err = unix.FcntlInt(uintptr(p.in), unix.F_GETPIPE_SZ, 0)
	}
	if err != nil || size < leastPass {
		k.closePipe(p) // copies cost less
		return pipe{}
	}
	return p
}

func (k *kernel) closePipe(p pipe) {
	unix.Close(p.out)
	unix.Close(p.in)
}

func (k *kernel) load(p pipe, fd, most int) (int, syscall.Errno) {
	return splice(fd, p.in, most)
}

func (k *kernel) unload(p pipe, fd, n int) (moved int, errno syscall.Errno) {
	for moved < n {
		some, errno := splice(p.out, fd, n-moved)
		if errno != 0 {
			return moved, errno
		}
		moved += some
	}
	return moved, 0
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
