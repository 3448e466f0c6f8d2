package driver

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// receiver is the kernel's side of a buffer: the arguments of recvmsg(2) and
// ppoll(2), which must not be on a stack that moves.
type receiver struct {
	message unix.Msghdr
	vector  unix.Iovec
	control [controlSize]byte
	poll    unix.PollFd
	now     unix.Timespec
}

// controlSize is room for one control message with an int in it.
const controlSize = 32

func receivePolled(c net.Conn, take func([]byte) bool) (err error, ok bool) {
	switch c := c.(type) {
	case *net.TCPConn:
		return receiveTCP(c, take), true
	case *tls.Conn:
		if t, ok := c.NetConn().(*Transport); ok {
			return receiveTLS(c, t, take), true
		}
	}
	return nil, false
}

// receiveTCP waits and reads in one call of RawConn.Read that lasts as long as
// the session: the callback's false means "wait for an event".
//
// Events are edge-triggered, so false may only be said of a socket known to be
// empty. A short read does not prove that: a FIN or a reset may be right behind
// the data, and would give no event of its own. TCP_INQ says in the same system
// call what is left, and counts the FIN; a reset is asked for.
func receiveTCP(c *net.TCPConn, take func([]byte) bool) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	askInQueue(raw)
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		for {
			b := takeBuffer()
			n, left, err := b.receive(int(fd), b.free())
			more := n == 0 || take(b.filled(n))
			b.release()
			switch {
			case !more:
				return true
			case err == unix.EAGAIN:
				return false
			case err != nil:
				failed = os.NewSyscallError("recvmsg", err)
				return true
			case n == 0:
				return true
			case !left:
				return false
			}
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

// receiveTLS is receiveTCP for a TLS connection: where the socket is empty,
// Transport gives crypto/tls a temporary error, which leaves it as it was.
func receiveTLS(c *tls.Conn, t *Transport, take func([]byte) bool) error {
	raw, err := t.TCPConn.SyscallConn()
	if err != nil {
		return err
	}
	askInQueue(raw)
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		t.poll(int(fd))
		defer t.idle()
		for {
			b := takeBuffer()
			n, err := c.Read(b.free())
			more := n == 0 || take(b.filled(n))
			b.release()
			switch {
			case !more:
				return true
			case err == errWouldBlock:
				return false
			case err == io.EOF:
				return true
			case err != nil:
				failed = err
				return true
			}
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

func askInQueue(raw syscall.RawConn) {
	raw.Control(func(fd uintptr) {
		// Without it every read but the empty one is followed by another.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_INQ, 1)
	})
}

// receive reads once into p without waiting. left says that the socket may
// hold more, or its end.
func (r *receiver) receive(fd int, p []byte) (n int, left bool, err error) {
	r.vector.Base = &p[0]
	r.vector.SetLen(len(p))
	r.message.Iov = &r.vector
	r.message.SetIovlen(1)
	r.message.Control = &r.control[0]
	for {
		r.message.SetControllen(controlSize)
		got, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd),
			uintptr(unsafe.Pointer(&r.message)), unix.MSG_DONTWAIT)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return 0, false, errno
		case got == 0 && !r.left():
			// No FIN is counted, so this is a reset that a failed write was told of:
			// the kernel tells it once.
			return 0, false, unix.ECONNRESET
		default:
			return int(got), r.left() || r.ready(fd), nil
		}
	}
}

// ready asks whether a read would find something, or the end. Neither TCP_INQ
// nor, once a write has failed, the socket's error tell of a reset; polling
// does, and takes no lock of the socket's.
func (r *receiver) ready(fd int) bool {
	r.poll = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN | unix.POLLRDHUP}
	r.now = unix.Timespec{}
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL,
		uintptr(unsafe.Pointer(&r.poll)), 1, uintptr(unsafe.Pointer(&r.now)), 0, 0, 0)
	return errno != 0 || n > 0
}

// left reads the answer to TCP_INQ; where there is none, there may be more.
func (r *receiver) left() bool {
	if r.message.Controllen < unix.SizeofCmsghdr+4 {
		return true
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&r.control[0]))
	if h.Level != unix.IPPROTO_TCP || h.Type != unix.TCP_CM_INQ {
		return true
	}
	return *(*int32)(unsafe.Pointer(&r.control[unix.SizeofCmsghdr])) != 0
}
