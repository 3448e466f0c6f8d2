//go:build linux

package loop

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// world is the system of simulated shards, which take turns: a clock of its own, a
// kernel's sockets, and what their peers are about to do. All of it is chance, and
// the same for the same seed.
//
// Things happen while the shard waits, and now and then between two of its
// calls, as they do to a real one.
type world struct {
	*rand.Rand
	// shard is the one whose turn it is, or was last; each of all has a desk.
	shard *shard
	desks []*desk
	clock time.Duration
	// agenda is what is to happen, in its order.
	agenda []happening
	// sockets are by number; a free number is nil.
	sockets []*socket
	failed  func(format string, a ...any)
	// placid: nothing is left to chance.
	placid bool
	// conduits are its pipes.
	conduits map[pipe]*conduit
	// spared: no call is at fault.
	spared bool
	// aside: a goroutine makes a call, in the midst of a session's turn.
	aside bool
	// entrance is nil where nobody comes.
	entrance *entrance
	// met counts what the simulation has come to.
	met map[string]int
	// trace is what happened, where somebody wants to know.
	trace   []string
	tracing bool
}

type happening struct {
	at time.Duration
	do func()
}

func newWorld(seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 2)), clock: time.Second}
	w.conduits = map[pipe]*conduit{}
	w.sockets = make([]*socket, 3) // as if the standard streams were there
	w.shard = w.addShard()
	return w
}

// addShard makes one more shard.
func (w *world) addShard() *shard {
	d := &desk{world: w}
	d.shard = newShard(d)
	w.desks = append(w.desks, d)
	return d.shard
}

// oneIn is true once in n times; never where nothing is left to chance.
func (w *world) oneIn(n int) bool { return !w.placid && w.IntN(n) == 0 }

func (w *world) notef(format string, a ...any) {
	if w.tracing {
		w.trace = append(w.trace, fmt.Sprintf("%v ", w.clock)+fmt.Sprintf(format, a...))
	}
}

// meet counts something that simulations must come to.
func (w *world) meet(what string) {
	if w.met != nil {
		w.met[what]++
	}
}

// after lets do happen in d.
func (w *world) after(d time.Duration, do func()) {
	at := w.clock + d
	i := len(w.agenda)
	for i > 0 && w.agenda[i-1].at > at {
		i--
	}
	w.agenda = slices.Insert(w.agenda, i, happening{at, do})
}

// pass lets time pass, and happen what is to happen.
func (w *world) pass(until time.Duration) {
	for len(w.agenda) > 0 && w.agenda[0].at <= until {
		next := w.agenda[0]
		w.agenda = w.agenda[1:]
		w.clock = max(w.clock, next.at)
		next.do()
	}
	w.clock = max(w.clock, until)
}

// meanwhile is called between the steps of a system call.
func (w *world) meanwhile() {
	if w.oneIn(4) {
		w.pass(w.clock + time.Duration(w.IntN(int(time.Millisecond))))
	}
}

// open makes a socket.
func (w *world) open() *socket {
	return &socket{w: w, fd: -1, room: 1 + w.IntN(1<<(4+w.IntN(14)))}
}

// number gives s the lowest number that is free.
func (w *world) number(s *socket) {
	s.fd = slices.Index(w.sockets[3:], nil) + 3
	if s.fd < 3 {
		s.fd = len(w.sockets)
		w.sockets = append(w.sockets, nil)
	}
	w.sockets[s.fd] = s
}

// socket finds the one that a call is for: it must be of the session whose turn
// it is.
func (w *world) socket(fd int, call string) *socket {
	s := w.at(fd)
	if s == nil {
		w.failed("%s of %d, which is closed", call, fd)
	}
	w.pipesApart(call)
	if s.session == nil {
		s.isOf(w.shard.current) // the first that asks has got it
	}
	if c := w.shard.current; c != s.session {
		w.failed("%s of %d in the turn of another session", call, fd)
	}
	return s
}

// at is nil where fd is closed.
func (w *world) at(fd int) *socket {
	if fd < 0 || fd >= len(w.sockets) {
		return nil
	}
	return w.sockets[fd]
}

func (w *world) now() time.Duration { return w.clock }

func (w *world) recv(fd int, p []byte) (int, syscall.Errno) {
	s := w.socket(fd, "recv")
	w.meanwhile()
	s.misfortune()
	if s.other().blocked() {
		w.failed("recv of %d while the other side is blocked", fd)
	}
	n, errno := s.recv(p)
	w.notef("recv of %d: %d, %v", fd, n, errno)
	w.meanwhile()
	return n, errno
}

func (w *world) send(fd int, p []byte) (int, syscall.Errno) {
	s := w.socket(fd, "send")
	w.meanwhile()
	s.misfortune()
	if len(p) == 0 || s.shut {
		w.failed("send of %d bytes to %d, shut: %v", len(p), fd, s.shut)
	}
	n, errno := s.send(p)
	w.notef("send of %d to %d: %d, %v", len(p), fd, n, errno)
	w.meanwhile()
	return n, errno
}

func (w *world) recvEach(calls []call) { w.each(calls, w.recv) }
func (w *world) sendEach(calls []call) { w.each(calls, w.send) }

// each makes each call in the turn of whose socket it is. Of all that could be at
// fault one is at most: it is told of when all are made, and has come to nothing.
func (w *world) each(calls []call, do func(fd int, p []byte) (int, syscall.Errno)) {
	var faulted *Session
	var fault any
	for i := range calls {
		c := &calls[i]
		if s := w.at(int(c.fd)); s != nil {
			w.shard.current = s.session
		}
		func() {
			defer func() {
				if w.spared {
					return
				}
				if fault = recover(); fault != nil {
					c.n, c.errno = 0, unix.EAGAIN
					faulted, w.spared = w.shard.current, true
				}
			}()
			c.n, c.errno = do(int(c.fd), c.p)
		}()
	}
	w.spared = false
	if fault != nil {
		w.shard.current = faulted
		panic(fault)
	}
}

func (w *world) shut(fd int) {
	s := w.socket(fd, "shut")
	w.notef("shut of %d", fd)
	s.shut = true
	s.wake()
	s.peer.seeShut()
}

func (w *world) close(fd int) {
	s := w.socket(fd, "close")
	w.notef("close of %d", fd)
	w.sockets[fd] = nil
	s.unready()
	s.closed()
}

func (w *world) wasReset(fd int) bool {
	s := w.socket(fd, "wasReset")
	return s.reset && !s.fin
}
