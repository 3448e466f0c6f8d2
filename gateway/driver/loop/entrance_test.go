//go:build linux

package loop

import (
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// entrance is the listening socket of a simulated system, and whom its clients
// want to be connected with.
type entrance struct {
	w     *world
	door  *door
	queue []*visitor
	// visitors are all who have come, by the port of their address.
	visitors []*visitor
	// short: no descriptors are left until then.
	short time.Duration
}

// listenerFD is no number that sockets come to.
const listenerFD = 1 << 20

func (w *world) accept(fd int) (int, netip.AddrPort, syscall.Errno) {
	e := w.entrance
	w.meanwhile()
	if fd != listenerFD || !w.deskOf(w.shard).attends {
		w.failed("accept of %d, of which there was no event", fd)
	}
	if w.oneIn(20) {
		e.short = w.clock + time.Duration(w.IntN(int(2*maxRetry)))
	}
	switch {
	case w.clock < e.short:
		w.meet("there are no descriptors")
		return -1, netip.AddrPort{}, []syscall.Errno{unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM}[w.IntN(4)]
	case len(e.queue) == 0:
		return -1, netip.AddrPort{}, unix.EAGAIN
	}
	v := e.queue[0]
	e.queue = e.queue[1:]
	if w.oneIn(20) {
		v.over("it has left before it was accepted")
		return -1, netip.AddrPort{}, unix.ECONNABORTED
	}
	w.number(v.clientSocket)
	w.notef("accept of %v: %d", v.address, v.clientSocket.fd)
	return v.clientSocket.fd, v.address, 0
}

// dismiss is what becomes of those who wait at a socket that is closed.
func (e *entrance) dismiss() {
	for _, v := range e.queue {
		v.over("the socket that it waits at is closed")
	}
	e.queue = nil
}

func (w *world) connect(to netip.AddrPort) (int, syscall.Errno) {
	v := w.entrance.visitors[to.Port()]
	w.meanwhile()
	if w.oneIn(10) {
		errno := []syscall.Errno{unix.EADDRNOTAVAIL, unix.EMFILE, unix.ENETUNREACH}[w.IntN(3)]
		v.fails = errno
		return -1, errno
	}
	s := v.serviceSocket
	w.number(s)
	w.notef("connect for %v: %d", v.address, s.fd)
	s.connecting = true
	soon := time.Duration(w.IntN(int(10 * time.Millisecond)))
	switch w.IntN(8) {
	case 0:
		s.come()
	case 1: // it never answers
	case 2:
		w.after(soon, s.refuse)
	case 3:
		w.after(time.Duration(w.IntN(int(4*time.Second))), s.come)
	default:
		w.after(soon, s.come)
	}
	return s.fd, 0
}

// come is the connection with the service, once it is there.
func (s *socket) come() {
	if s.w.sockets[s.fd] == s && s.connecting {
		s.connecting = false
		s.wake()
		s.peer.plan()
		if s.w.oneIn(4) {
			s.peer.act() // in the packet after
		}
	}
}

func (s *socket) refuse() {
	if s.w.sockets[s.fd] == s {
		s.connecting, s.reset = false, true
		s.errno, s.why = unix.ECONNREFUSED, unix.ECONNREFUSED
		s.peer.gone = true
		s.wake()
	}
}

func (w *world) failure(fd int) error {
	s := w.socket(fd, "failure")
	if errno := s.takeError(); errno != 0 {
		return errno
	}
	return nil
}

func (w *world) keepAlive(fd int) {
	if w.sockets[fd] == nil {
		w.failed("keepalive of %d, which is closed", fd)
	}
}
