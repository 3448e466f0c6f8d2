//go:build linux

package loop

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// passes are what simulations must come to.
var passes = []string{
	"something is passed", "there is no pipe", "the service has ended", "the service has failed",
	"the header is not taken, or not all", "nothing of the payload is taken", "a part of the payload is taken",
	"the client goes between header and payload", "a fault leaves something in the pipe",
}

// conduit is the pipe of a simulated system, as splice(2) has it.
type conduit struct {
	// held is what of owner is in the pipe.
	held  []byte
	owner *Session
}

// alone holds the shard to an empty pipe between two sessions' turns.
func (w *world) alone(call string) {
	if len(w.pipe.held) > 0 && w.pipe.owner != w.shard.current {
		w.failed("%s, and the pipe holds %d bytes of another session", call, len(w.pipe.held))
	}
}

func (w *world) sendMore(fd int, p []byte) (int, syscall.Errno) {
	n, errno := w.send(fd, p)
	if n < len(p) {
		w.meet("the header is not taken, or not all")
	}
	return n, errno
}

// load is short at times: a pipe holds so many pieces, however small.
func (w *world) load(fd, most int) (n int, errno syscall.Errno) {
	s := w.socket(fd, "load")
	w.meanwhile()
	s.misfortune()
	switch {
	case len(w.pipe.held) > 0:
		w.failed("load of %d into a pipe that holds %d bytes", fd, len(w.pipe.held))
	case s.other().blocked():
		w.failed("load of %d while the other side is blocked", fd)
	case w.oneIn(50):
		w.meet("there is no pipe")
		return 0, 0
	}
	if w.oneIn(4) {
		most = 1 + w.IntN(most)
	}
	room := make([]byte, min(most, max(len(s.in), 1)))
	n, errno = s.recv(room)
	w.notef("load of %d: %d, %v", fd, n, errno)
	switch {
	case n > 0:
		w.meet("something is passed")
	case errno == 0:
		w.meet("the service has ended")
	case errno != unix.EAGAIN:
		w.meet("the service has failed")
	}
	w.pipe.held, w.pipe.owner = room[:n], s.session
	w.meanwhile()
	s.misfortune()
	return n, errno
}

func (w *world) unload(fd, n int) (moved int, errno syscall.Errno) {
	s := w.socket(fd, "unload")
	if n > len(w.pipe.held) || s.side != &w.pipe.owner.client {
		w.failed("unload of %d bytes of %d to %d", n, len(w.pipe.held), fd)
	}
	for moved < n {
		some, errno := 0, syscall.Errno(unix.EAGAIN)
		if s.noSpace = s.out > 0 && w.oneIn(10); !s.noSpace { // or else its memory is used up
			some, errno = w.send(fd, w.pipe.held[:n-moved])
		}
		w.pipe.held = w.pipe.held[some:]
		moved += some
		switch {
		case errno == unix.EAGAIN && moved == 0:
			w.meet("nothing of the payload is taken")
			return moved, errno
		case errno == unix.EAGAIN:
			w.meet("a part of the payload is taken")
			return moved, errno
		case errno != 0:
			w.meet("the client goes between header and payload")
			return moved, errno
		}
	}
	return moved, 0
}

func (w *world) spill(p []byte) int {
	w.alone("spill")
	if !w.placid && len(p) > 0 {
		p = p[:1+w.IntN(len(p))]
	}
	n := copy(p, w.pipe.held)
	w.pipe.held = w.pipe.held[n:]
	return n
}

func (w *world) discard() {
	if len(w.pipe.held) > 0 {
		w.meet("a fault leaves something in the pipe")
	}
	w.pipe.held = nil
}
