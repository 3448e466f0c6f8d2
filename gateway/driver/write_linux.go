package driver

import (
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// writer writes to a TCP connection with raw system calls: what does not wait
// need not tell the scheduler. It is used by one goroutine at a time.
type writer struct {
	raw  syscall.RawConn
	rest []byte
	err  error
	// send is w.try, kept so that no write allocates.
	send func(fd uintptr) bool
	// moving is called when the socket took a part and the rest waits.
	moving func()
}

func newWriter(c *net.TCPConn, moving func()) (*writer, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	w := &writer{raw: raw, moving: moving}
	w.send = w.try
	return w, nil
}

// Write writes all of p, and waits for the socket where it must.
func (w *writer) Write(p []byte) (int, error) {
	w.rest, w.err = p, nil
	err := w.raw.Write(w.send)
	n := len(p) - len(w.rest)
	w.rest = nil
	if w.err != nil {
		return n, os.NewSyscallError("send", w.err)
	}
	return n, err
}

// try writes what the socket takes; false waits until it takes more.
func (w *writer) try(fd uintptr) bool {
	before := len(w.rest)
	for len(w.rest) > 0 {
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, fd,
			uintptr(unsafe.Pointer(&w.rest[0])), uintptr(len(w.rest)),
			unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
		switch errno {
		case 0:
			w.rest = w.rest[n:]
		case unix.EINTR:
		case unix.EAGAIN:
			if len(w.rest) < before {
				w.moving()
			}
			return false
		default:
			w.err = errno
			return true
		}
	}
	return true
}
