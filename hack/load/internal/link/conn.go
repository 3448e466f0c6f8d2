package link

import (
	"fmt"
	"io"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// conn is one connection of a Loop.
type conn struct {
	loop       *Loop
	fd         int // -1 once it has ended
	machine    Machine
	connecting bool
	// writing: the loop waits for room to write.
	writing bool
}

// connect begins to connect. EPOLLOUT tells when that is done.
func (c *conn) connect(target netip.AddrPort) error {
	fd, err := socket(target)
	if err != nil {
		return err
	}
	c.fd = fd
	if err := unix.Connect(fd, sockaddr(target)); err != nil && err != unix.EINPROGRESS {
		return fmt.Errorf("connect: %w", err)
	}
	c.writing = true
	return c.loop.add(fd, unix.EPOLLIN|unix.EPOLLOUT, c)
}

// start takes over a connection that was accepted.
func (c *conn) start() error {
	if err := c.loop.add(c.fd, unix.EPOLLIN, c); err != nil {
		return err
	}
	return c.opened()
}

func (c *conn) opened() error {
	c.connecting = false
	if err := noDelay(c.fd); err != nil {
		return err
	}
	c.machine.Opened()
	return nil
}

// handle does what the socket is ready for: one read at most, so that all
// connections move on alike.
func (c *conn) handle(events uint32) {
	if err := c.step(events); err != nil {
		c.End(err)
		return
	}
	c.Kick()
}

func (c *conn) step(events uint32) error {
	if c.connecting {
		if errno, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || errno != 0 {
			return fmt.Errorf("connect: %w", unix.Errno(errno))
		}
		return c.opened()
	}
	if events&^unix.EPOLLOUT == 0 {
		return nil
	}
	n, errno := rawRead(c.fd, c.loop.buffer)
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return nil
	case errno != 0:
		return fmt.Errorf("read: %w", errno)
	case n == 0:
		return io.EOF
	}
	return c.machine.Input(c.loop.buffer[:n])
}

// Kick implements Conn.
func (c *conn) Kick() {
	if c.fd < 0 || c.connecting {
		return
	}
	more, err := c.flush()
	if err == nil && more != c.writing {
		err = c.watch(more)
	}
	switch {
	case err != nil:
		c.End(err)
	case !more && c.machine.Done():
		c.End(nil)
	}
}

// flush writes while there is something, room and budget; more says that
// something is left.
func (c *conn) flush() (more bool, err error) {
	for range writeBudget {
		out := c.machine.Output()
		if len(out) == 0 {
			return false, nil
		}
		n, errno := rawWrite(c.fd, out)
		if errno == unix.EAGAIN || errno == unix.EINTR {
			return true, nil
		}
		if errno != 0 {
			return false, fmt.Errorf("write: %w", errno)
		}
		c.machine.Wrote(n)
		if n < len(out) {
			return true, nil
		}
	}
	return len(c.machine.Output()) > 0, nil
}

// watch begins or stops waiting for room to write.
func (c *conn) watch(writing bool) error {
	c.writing = writing
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(c.fd)}
	if writing {
		event.Events |= unix.EPOLLOUT
	}
	if err := unix.EpollCtl(c.loop.epoll, unix.EPOLL_CTL_MOD, c.fd, &event); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// End implements Conn. The descriptor is free before the machine hears of it,
// so that the machine's owner can dial again at once.
func (c *conn) End(err error) {
	if c.machine == nil {
		return
	}
	m := c.machine
	c.machine = nil
	c.close()
	m.Ended(err)
}

func (c *conn) close() {
	if c.fd >= 0 {
		delete(c.loop.ready, int32(c.fd))
		_ = unix.Close(c.fd)
		c.fd = -1
	}
}

// rawRead and rawWrite do not tell Go's scheduler: on a non-blocking socket
// there is nothing to wait for, and a thread of its own to do it.
func rawRead(fd int, b []byte) (int, unix.Errno) {
	n, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	return int(n), errno
}

func rawWrite(fd int, b []byte) (int, unix.Errno) {
	n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	return int(n), errno
}
