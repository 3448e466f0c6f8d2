//go:build linux

package loop

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// desk is the system of one shard of a world: what the kernel has for each apart.
type desk struct {
	*world
	shard *shard
	// ready are the sockets that have an event to tell.
	ready []*socket
	rung  bool
	ended bool
	// door names the entrance in events, while attends.
	door    token
	attends bool
	// late is when a pause that was told of must be over, if there is one.
	late time.Duration
	// used is its CPU time, counted at some time.
	used, counted time.Duration
}

func (w *world) deskOf(l *shard) *desk {
	return w.desks[slices.IndexFunc(w.desks, func(d *desk) bool { return d.shard == l })]
}

// busy says that there is something to do.
func (d *desk) busy() bool {
	return len(d.ready) > 0 || d.rung || d.knocked() || len(d.shard.later) > 0 || d.shard.mail.full.Load()
}

// knocked says that somebody waits for the shard to accept.
func (d *desk) knocked() bool { return d.attends && len(d.entrance.queue) > 0 }

// idle says that no shard has anything to do.
func (w *world) idle() bool {
	return !slices.ContainsFunc(w.desks, func(d *desk) bool { return !d.ended && d.busy() })
}

// until is when the first shard has waited as long as it will, which for d is most.
// They wait since their last turns.
func (d *desk) until(most time.Duration) time.Duration {
	until := d.shard.now + most
	for _, other := range d.desks {
		if other != d && !other.ended {
			until = min(until, other.shard.now+other.shard.untilDue())
		}
	}
	return until
}

// cpu goes on as it likes, but not faster than time.
func (d *desk) cpu() time.Duration {
	d.used += time.Duration(d.Float64() * float64(d.clock-d.counted))
	d.counted = d.clock
	return d.used
}

func (d *desk) wait(events []unix.EpollEvent, most time.Duration) int {
	if d.ended {
		d.failed("wait after the end")
	}
	d.pipesApart("a turn")
	d.pass(d.clock + time.Duration(d.IntN(int(50*time.Microsecond))))
	if d.oneIn(50) {
		most = time.Duration(d.Int64N(int64(most) + 1))
	}
	for until := d.until(most); d.idle() && d.clock < until; {
		next := until
		if len(d.agenda) > 0 {
			next = min(next, d.agenda[0].at)
		}
		d.pass(next)
	}
	if d.oneIn(50) {
		d.spurious()
	}
	return d.take(events)
}

// spurious tells of a socket to which nothing has happened.
func (w *world) spurious() {
	if s := w.sockets[w.IntN(len(w.sockets))]; s != nil {
		s.wake()
	}
}

// take takes events, in any order if chance may; some wait for the next time.
func (d *desk) take(events []unix.EpollEvent) (n int) {
	if d.rung {
		d.rung = false
		events[0], n = bellToken.event(), 1
	}
	if d.knocked() && !d.oneIn(4) {
		events[n] = d.door.event()
		events[n].Events = unix.EPOLLIN
		n++
	}
	for n < len(events) && len(d.ready) > 0 && !d.oneIn(10) {
		i := 0
		if !d.placid {
			i = d.IntN(len(d.ready))
		}
		s := d.ready[i]
		d.ready = slices.Delete(d.ready, i, i+1)
		s.queued = false
		// What is told is how things stand now, not what the event was for.
		if mask := s.mask(); mask != 0 {
			events[n] = s.token.event()
			events[n].Events = mask
			n++
			d.notef("event of %d: %x", s.fd, mask)
		}
	}
	return n
}

func (d *desk) wake() { d.rung = true }

func (d *desk) watch(fd int, t token) error {
	s := d.socket(fd, "watch")
	if s.desk != nil {
		d.failed("%d is watched already", fd)
	}
	s.watchFailed = d.oneIn(500)
	d.follow(s)
	if s.watchFailed {
		return unix.ENOSPC
	}
	s.token, s.desk = t, d
	s.wake()
	return nil
}

func (d *desk) watchListener(fd int, t token) error {
	switch {
	case fd != listenerFD || d.attends:
		d.failed("watch of the listener %d, watched: %v", fd, d.attends)
	case d.late > 0 && d.clock > d.late:
		d.failed("the pause is over at %v, not by %v", d.clock, d.late)
	}
	d.late = 0
	if d.oneIn(10) {
		d.meet("a listener cannot be watched")
		return unix.ENOSPC
	}
	d.attends, d.door = true, t
	return nil
}

func (d *desk) forget(fd int) {
	if fd == listenerFD {
		d.attends = false
		if d.shard.rests {
			d.meet("a door is closed for a rest")
		}
		return
	}
	s := d.socket(fd, "forget")
	if s.desk != d {
		d.failed("%d is forgotten where it is not watched", fd)
	}
	s.unready()
	s.desk, s.left = nil, append(s.left, d)
}

// follow is told of a socket that has come from elsewhere, if it has.
func (d *desk) follow(s *socket) {
	if len(s.left) == 0 {
		return
	}
	d.meet("a session migrates")
	if s.watchFailed {
		d.meet("a session is not watched where it comes to")
	}
	if slices.Contains(s.left, d) {
		d.meet("a session comes back")
	}
}

func (d *desk) end() { d.ended = true }
