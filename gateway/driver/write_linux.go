package driver

import (
	"crypto/tls"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// direct is the outlet of a connection whose socket tells of writes that wait;
// nil where there is none.
func direct(c Conn, on watch) outlet {
	switch c := c.(type) {
	case *net.TCPConn:
		if w := newWriter(c, on); w != nil {
			return w
		}
	case *tls.Conn:
		if t, ok := c.NetConn().(*Transport); ok && t.tell(on) {
			return records{c}
		}
	}
	return nil
}

// records is the outlet of a TLS connection whose Transport tells of writes
// that wait.
type records struct{ conn *tls.Conn }

func (r records) write(p []byte) error {
	_, err := r.conn.Write(p)
	return err
}

// writer writes to a TCP connection with raw system calls: what does not wait
// need not tell the scheduler.
type writer struct {
	raw   syscall.RawConn
	watch watch
	// send is w.try, kept so that no write allocates.
	send func(fd uintptr) bool

	rest    []byte
	err     error
	waiting bool
}

// newWriter is nil where c is closed already.
func newWriter(c *net.TCPConn, on watch) *writer {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	w := &writer{raw: raw, watch: on}
	w.send = w.try
	return w
}

// write writes all of p, and waits for the socket where it must.
func (w *writer) write(p []byte) error {
	w.rest, w.err = p, nil
	err := w.raw.Write(w.send)
	w.rest = nil
	if w.waiting {
		w.waiting = false
		w.watch.goesOn()
	}
	if w.err != nil {
		return os.NewSyscallError("send", w.err)
	}
	return err
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
			if !w.waiting || len(w.rest) < before {
				w.waiting = true
				w.watch.waits()
			}
			return false
		default:
			w.err = errno
			return true
		}
	}
	return true
}
