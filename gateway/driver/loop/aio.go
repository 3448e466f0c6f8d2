//go:build linux

package loop

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// aio makes many calls in one system call, by Linux AIO (io_submit(2)). For a
// socket that does not wait nothing is asynchronous about that: its calls are
// made in their turn, and what came of them is known when io_submit returns.
//
// io_uring would cost as little, but container runtimes' default seccomp profiles
// forbid it, and allow this.
type aio struct {
	ring   *ring
	blocks [mostTogether]controlBlock
	list   [mostTogether]*controlBlock
}

// controlBlock is struct iocb (linux/aio_abi.h), of which all that is not named
// is zero.
type controlBlock struct {
	data      uint64
	_         [2]uint32
	operation uint16
	_         int16
	fd        uint32
	address   uint64
	size      uint64
	_         [2]int64
	_         [2]uint32
}

const (
	aioRead  = 0 // IOCB_CMD_PREAD
	aioWrite = 1 // IOCB_CMD_PWRITE
)

// ring is struct aio_ring (fs/aio.c): what came of calls, in memory that is the
// kernel's and the process's.
type ring struct {
	_          uint32
	size       uint32 // of completions
	head, tail uint32
	magic      uint32
	_          [3]uint32
	// completions follow.
}

// ringMagic says that a ring may be read without a system call.
const ringMagic = 0xa10a10a1

// completion is struct io_event (linux/aio_abi.h).
type completion struct {
	data   uint64
	_      uint64
	result int64
	_      int64
}

// newAIO returns nil where there is no AIO to be had.
func newAIO() *aio {
	a := &aio{}
	_, _, errno := unix.RawSyscall(unix.SYS_IO_SETUP, mostTogether, uintptr(unsafe.Pointer(&a.ring)), 0)
	if errno != 0 {
		return nil
	}
	if a.ring.magic != ringMagic {
		a.end()
		return nil
	}
	for i := range a.list {
		a.list[i] = &a.blocks[i]
	}
	return a
}

func (a *aio) end() {
	unix.RawSyscall(unix.SYS_IO_DESTROY, uintptr(unsafe.Pointer(a.ring)), 0, 0)
}

// submit makes calls, at most mostTogether, and returns how many it made: all, but
// that the kernel takes none behind one that is not as it should be.
func (a *aio) submit(operation uint16, calls []call) int {
	for i := range calls {
		c, b := &calls[i], &a.blocks[i]
		b.data, b.operation, b.fd = uint64(i), operation, uint32(c.fd)
		b.address, b.size = uint64(uintptr(unsafe.Pointer(&c.p[0]))), uint64(len(c.p))
	}
	n, _, errno := unix.RawSyscall(unix.SYS_IO_SUBMIT, uintptr(unsafe.Pointer(a.ring)),
		uintptr(len(calls)), uintptr(unsafe.Pointer(&a.list)))
	if errno != 0 {
		return 0
	}
	a.complete(calls)
	return int(n)
}

// complete takes what came of calls out of the ring.
func (a *aio) complete(calls []call) {
	r := a.ring
	completions := unsafe.Slice((*completion)(unsafe.Add(unsafe.Pointer(r), unsafe.Sizeof(*r))), r.size)
	at := r.head
	for tail := atomic.LoadUint32(&r.tail); at != tail; {
		done := &completions[at]
		c := &calls[done.data]
		c.n, c.errno = int(max(done.result, 0)), syscall.Errno(max(-done.result, 0))
		if at++; at == r.size {
			at = 0
		}
	}
	atomic.StoreUint32(&r.head, at)
}

func (k *kernel) recvEach(calls []call) { each(k.together(aioRead, calls), k.recv) }
func (k *kernel) sendEach(calls []call) { each(k.together(aioWrite, calls), k.send) }

// together makes those of calls that can be made in one, and returns the rest.
func (k *kernel) together(operation uint16, calls []call) (rest []call) {
	if len(calls) == 1 || k.aio == nil {
		return calls
	}
	return calls[k.aio.submit(operation, calls):]
}

// each makes one call after the other.
func each(calls []call, do func(fd int, p []byte) (int, syscall.Errno)) {
	for i := range calls {
		c := &calls[i]
		c.n, c.errno = do(int(c.fd), c.p)
	}
}
