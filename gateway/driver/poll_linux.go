//go:build linux && !amd64

package driver

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pollNow is ppoll(2) without waiting: newer architectures have no poll(2).
func pollNow(p *unix.PollFd) (n int, errno syscall.Errno) {
	var now unix.Timespec
	r, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(p)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	return int(r), errno
}
