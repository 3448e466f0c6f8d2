package driver

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// receiver is the argument of poll(2), which must not be on a stack that moves.
type receiver struct {
	poll unix.PollFd
}

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
// the data, and would give no event of its own. So the socket is polled behind
// a short read, which is cheaper than to read until there is nothing.
func receiveTCP(c *net.TCPConn, take func([]byte) bool) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
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
				failed = os.NewSyscallError("recv", err)
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

// receive reads once into p without waiting. left says that the socket holds
// more, or its end.
func (r *receiver) receive(fd int, p []byte) (n int, left bool, err error) {
	for {
		got, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd),
			uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return 0, false, errno
		case got == 0:
			return 0, true, wasReset(fd)
		default:
			return int(got), int(got) == len(p) || r.ready(fd), nil
		}
	}
}

// ready asks whether a read would find something, or the end.
func (r *receiver) ready(fd int) bool {
	r.poll = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN | unix.POLLRDHUP}
	n, errno := pollNow(&r.poll)
	return errno != 0 || n > 0
}

// wasReset tells the end of a stream, which is no error, from a reset that a
// failed write was told of: the kernel tells that once, and to all who come
// later that the stream has ended. TCP_INQ counts a FIN, and no reset.
func wasReset(fd int) error {
	if unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_INQ, 1) != nil {
		return nil
	}
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 1), control, unix.MSG_DONTWAIT)
	if err != nil {
		return nil
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	for _, m := range messages {
		if m.Header.Level == unix.IPPROTO_TCP && m.Header.Type == unix.TCP_CM_INQ &&
			binary.NativeEndian.Uint32(m.Data) == 0 && err == nil {
			return unix.ECONNRESET
		}
	}
	return nil
}
