//go:build linux

package loop

import (
	"syscall"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/session"
)

// side is one of a session's two connections.
type side struct {
	// fd is the socket; -1 once it is closed.
	fd int32
	// readable: there may be something to read, or the end.
	readable bool
	// writable: an event told so. Only a connection that comes about needs it.
	writable bool
	// empty: nothing can be read from the socket until the next event.
	empty bool
	// ended: an event told of an end or a failure, so that a short read does not
	// mean that the socket is empty.
	ended bool
	// broken: a send has failed.
	broken bool
	// shut: what is sent ends where unsent does.
	shut bool
	// pace is how often, of late, the socket took all of a read, and more came.
	pace uint8
	// streams: more came at once than a reader of messages would send.
	streams bool
	// large and huge have a bit for each of the last eight pieces: whether it was.
	large, huge uint8
	// after is what the engine asks for once unsent is gone. It is here, beside
	// other small fields, since a session of 448 bytes takes no more from the heap.
	after session.Action
	// unsent is what the socket has not taken; nil is nothing.
	unsent *backlog
	// tls is nil for plain TCP.
	tls *records
}

func (x *side) open() bool { return x.fd >= 0 }

// blocked says that nothing more may be given to the side.
func (x *side) blocked() bool { return x.unsent != nil }

// ready takes note of an event.
func (x *side) ready(events uint32) {
	const ends = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	if events&(unix.EPOLLIN|ends) != 0 {
		x.readable, x.empty = true, false
	}
	if events&ends != 0 {
		x.ended = true
	}
	if events&unix.EPOLLOUT != 0 {
		x.writable = true
	}
}

// read reads what there is into p. It returns none, and no error, at the end of
// the stream; EAGAIN where there is nothing to read now.
func (l *shard) read(x *side, p []byte) (n int, err error) {
	if x.tls != nil {
		return x.tls.read(p)
	}
	n, err = l.recv(x, p)
	x.readable = !x.empty
	return n, err
}

// recv reads the socket, and takes note of whether that has emptied it.
func (l *shard) recv(x *side, p []byte) (int, error) {
	n, errno := l.sys.recv(int(x.fd), p)
	return l.received(x, n, len(p), errno)
}

// received takes note of what the kernel said when it was asked for most bytes.
func (l *shard) received(x *side, n, most int, errno syscall.Errno) (int, error) {
	switch {
	case errno == unix.EAGAIN:
		x.empty = true
		return 0, unix.EAGAIN
	case errno != 0:
		return 0, errno
	case n == 0 && x.broken && l.sys.wasReset(int(x.fd)):
		return 0, unix.ECONNRESET
	case 0 < n && n < most && !x.ended:
		// Whatever comes now is an event of its own.
		x.empty = true
	}
	return n, nil
}

// send gives p to x. It fails where nothing can be sent any more.
func (l *shard) send(s *Session, x *side, p []byte) error {
	if x.tls != nil && x.open() {
		return x.tls.send(p)
	}
	return l.sendRaw(s, x, p)
}

// sendRaw gives p to the socket, or puts it behind what that has not taken yet.
func (l *shard) sendRaw(s *Session, x *side, p []byte) error {
	if x.broken || !x.open() {
		return unix.EPIPE
	}
	if x.unsent != nil {
		x.unsent = x.unsent.add(p)
		return nil
	}
	n, errno := l.sys.send(int(x.fd), p)
	return l.sent(s, x, p, n, errno)
}

// sent takes note of what the kernel said when it was given p, and keeps what the
// socket has not taken.
func (l *shard) sent(s *Session, x *side, p []byte, n int, errno syscall.Errno) error {
	switch {
	case errno == unix.EAGAIN:
	case errno != 0:
		x.broken = true
		return errno
	}
	if n < len(p) {
		x.unsent = x.unsent.add(p[n:])
		x.slowDown()
		s.waits(x, l.now)
	}
	return nil
}

// sendRest goes on with what was not sent, and says whether all is gone now.
func (l *shard) sendRest(s *Session, x *side) (gone bool, err error) {
	for {
		n, errno := l.sendFront(x)
		if x.unsent.len() == 0 {
			return true, nil
		}
		if n > 0 {
			s.waits(x, l.now) // it has moved
		}
		switch {
		case errno == unix.EAGAIN:
			return false, nil
		case errno != 0:
			x.broken = true
			return false, errno
		}
	}
}

// sendFront sends of what was not sent what can be in one call.
func (l *shard) sendFront(x *side) (n int, errno syscall.Errno) {
	b := x.unsent
	rest := b.bytes()
	switch {
	case len(rest) == 0:
		n, errno = l.sys.unload(b.pipe, int(x.fd), b.piped)
		b.piped -= n
		return n, errno
	case b.piped > 0:
		n, errno = l.sys.sendMore(int(x.fd), rest)
	default:
		n, errno = l.sys.send(int(x.fd), rest)
	}
	b.skip(n)
	return n, errno
}

// shutdown ends what is sent to x, behind what is unsent.
func (l *shard) shutdown(x *side) {
	if x.open() && !x.shut {
		x.shut = true
		if x.tls != nil {
			_ = x.tls.conn.CloseWrite() // what fails here has failed for data
		}
		if x.unsent == nil {
			l.sys.shut(int(x.fd))
		}
	}
}

// hangUp closes x, and says whether it had unsent bytes, which are lost.
func (l *shard) hangUp(x *side) (lost bool) {
	if !x.open() {
		return false
	}
	lost = x.unsent != nil
	if x.tls != nil && !lost && !x.shut {
		_ = x.tls.conn.CloseWrite() // a courtesy
	}
	l.sys.close(int(x.fd))
	x.fd = -1
	l.forget(x)
	return lost
}

// forget drops what is unsent.
func (l *shard) forget(x *side) {
	if b := x.unsent; b != nil {
		x.unsent = nil
		if b.pipe.made() {
			l.takeBack(b.pipe, b.piped)
		}
		b.release()
	}
}
