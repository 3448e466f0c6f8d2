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
	"the client goes between header and payload", "a pipe is given up with something in it", "a pipe is used again",
}

// conduit is a pipe of a simulated system, as splice(2) has it.
type conduit struct {
	// shard is whose it is.
	shard *shard
	// held is what of owner is in the pipe.
	held  []byte
	owner *Session
	// emptied: something has been through.
	emptied bool
}

// conduit finds the one that a call is for.
func (w *world) conduit(p pipe, call string) *conduit {
	c := w.conduits[p]
	if c == nil {
		w.failed("%s of the pipe %v, which is closed", call, p)
	}
	if c.shard != w.shard {
		w.failed("%s of the pipe %v, which is another shard's", call, p)
	}
	return c
}

// pipesApart holds the shard to pipes that are empty unless what they hold is of
// the session whose turn it is, or waits for its client.
func (w *world) pipesApart(call string) {
	if w.aside {
		return
	}
	for p, c := range w.conduits {
		if len(c.held) == 0 || c.shard != w.shard || c.owner == w.shard.current {
			continue
		}
		if b := c.owner.client.unsent; b == nil || b.pipe != p || b.piped != len(c.held) {
			w.failed("%s, and the pipe %v holds %d bytes of nobody", call, p, len(c.held))
		}
	}
}

// unlent is how many are there for everybody.
func (p *pipes) unlent() int {
	n := len(p.spare)
	if p.current.made() {
		n++
	}
	return n
}

// pipesOf is how many l has.
func (w *world) pipesOf(l *shard) (n int) {
	for _, c := range w.conduits {
		if c.shard == l {
			n++
		}
	}
	return n
}

func (w *world) openPipe() pipe {
	if n := w.pipesOf(w.shard); n >= mostPipes {
		w.failed("the pipe no. %d", n+1)
	}
	if w.oneIn(50) {
		w.meet("there is no pipe")
		return pipe{}
	}
	for n := 1; ; n++ {
		p := pipe{out: n, in: n}
		if w.conduits[p] == nil {
			w.conduits[p] = &conduit{shard: w.shard}
			return p
		}
	}
}

func (w *world) closePipe(p pipe) {
	if len(w.conduit(p, "close").held) > 0 {
		w.meet("a pipe is given up with something in it")
	}
	delete(w.conduits, p)
}

func (w *world) sendMore(fd int, p []byte) (int, syscall.Errno) {
	n, errno := w.send(fd, p)
	if n < len(p) {
		w.meet("the header is not taken, or not all")
	}
	return n, errno
}

// load is short at times: a pipe holds so many pieces, however small.
func (w *world) load(p pipe, fd, most int) (n int, errno syscall.Errno) {
	s, c := w.socket(fd, "load"), w.conduit(p, "load")
	w.meanwhile()
	s.misfortune()
	switch {
	case len(c.held) > 0:
		w.failed("load of %d into a pipe that holds %d bytes", fd, len(c.held))
	case s.other().blocked():
		w.failed("load of %d while the other side is blocked", fd)
	}
	if w.oneIn(4) {
		most = 1 + w.IntN(most)
	}
	room := make([]byte, min(most, max(len(s.in), 1)))
	n, errno = s.recv(room)
	w.notef("load of %d: %d, %v", fd, n, errno)
	switch {
	case n > 0 && c.emptied:
		w.meet("a pipe is used again")
	case n > 0:
		w.meet("something is passed")
	case errno == 0:
		w.meet("the service has ended")
	case errno != unix.EAGAIN:
		w.meet("the service has failed")
	}
	c.held, c.owner = room[:n], s.session
	w.meanwhile()
	s.misfortune()
	return n, errno
}

// unload sends in pieces. Whatever goes wrong goes wrong before the first: it is
// one system call that has told of what it moved.
func (w *world) unload(p pipe, fd, n int) (moved int, errno syscall.Errno) {
	s, c := w.socket(fd, "unload"), w.conduit(p, "unload")
	if n != len(c.held) || s.side != &c.owner.client {
		w.failed("unload of %d bytes of %d to %d", n, len(c.held), fd)
	}
	w.meanwhile()
	s.misfortune()
	for moved < n && errno == 0 {
		some := 0
		if s.noSpace = s.out > 0 && w.oneIn(10); s.noSpace { // or else its memory is used up
			errno = unix.EAGAIN
		} else {
			some, errno = s.send(c.held)
		}
		c.held = c.held[some:]
		moved += some
		w.meanwhile()
	}
	c.emptied = moved == n
	w.notef("unload of %d to %d: %d, %v", n, fd, moved, errno)
	switch {
	case errno == unix.EAGAIN && moved == 0:
		w.meet("nothing of the payload is taken")
	case errno == unix.EAGAIN:
		w.meet("a part of the payload is taken")
	case errno != 0:
		w.meet("the client goes between header and payload")
	}
	return moved, errno
}
