package driver

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pollNow is poll(2) without waiting: the cheapest there is, where it is.
func pollNow(p *unix.PollFd) (n int, errno syscall.Errno) {
	r, _, errno := unix.RawSyscall(unix.SYS_POLL, uintptr(unsafe.Pointer(p)), 1, 0)
	return int(r), errno
}
