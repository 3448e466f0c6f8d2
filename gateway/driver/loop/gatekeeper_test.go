//go:build linux

package loop

import (
	"bytes"
	"errors"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
)

// gatekeeper is the gate of a simulation's door.
type gatekeeper struct{ *simulation }

// openDoor opens a door, to which clients come until it is closed.
func (sim *simulation) openDoor() {
	e := &entrance{w: sim.world}
	e.door = &door{fd: listenerFD, gate: gatekeeper{sim}}
	sim.entrance = e
	for _, d := range sim.desks {
		e.door.left.Add(1)
		d.shard.post(letter{what: openDoor, door: e.door})
	}
	for range 1 + sim.IntN(6) {
		sim.after(time.Duration(sim.IntN(int(20*time.Millisecond))), sim.visit)
	}
	sim.after(time.Duration(sim.IntN(int(6*time.Second))), sim.visit)
	sim.after(time.Duration(sim.IntN(int(10*time.Second))), func() {
		for _, d := range sim.desks {
			d.shard.post(letter{what: closeDoor, door: e.door})
		}
		e.door = nil
	})
}

func (sim *simulation) doorInvariants() {
	if sim.entrance == nil {
		return
	}
	sim.entrance.invariants()
	for _, v := range sim.entrance.visitors {
		v.visitInvariants()
	}
}

// doorsAfterwards is what must be true when all is over.
func (sim *simulation) doorsAfterwards() {
	if sim.entrance == nil {
		return
	}
	for _, v := range sim.entrance.visitors {
		v.goodbye()
	}
	for _, d := range sim.desks {
		for _, w := range d.shard.doors {
			if w != nil {
				sim.failf("a door is left")
			}
		}
	}
}

func (k gatekeeper) visitor(from netip.AddrPort) *visitor { return k.entrance.visitors[from.Port()] }

// Greets is for Gate, as is what follows.
func (k gatekeeper) Greets() bool {
	k.misfortune()
	return !k.oneIn(10)
}

func (k gatekeeper) Patience() time.Duration {
	d := time.Duration(1 + k.IntN(int(3*time.Second)))
	k.visitor(k.shard.current.visit.from).patience = k.shard.now + d
	k.misfortune()
	return d
}

func (k gatekeeper) Greet(from netip.AddrPort, first []byte) Caller {
	v := k.visitor(from)
	k.misfortune()
	if n := min(len(first), len(v.request)); v.greeted || !bytes.Equal(first[:n], v.request[:n]) {
		k.failf("%v, greeted: %v, has said %q", from, v.greeted, first)
	}
	early, whole := bytes.CutPrefix(first, v.request)
	if !whole || k.oneIn(20) {
		return nil
	}
	v.greeted, v.said, v.early = true, bytes.Clone(early), len(early)
	return v
}

func (k gatekeeper) Detour(conn driver.Conn, first []byte) {
	v := k.visitor(conn.(*custody).from)
	early, whole := bytes.CutPrefix(first, v.request)
	switch n := min(len(first), len(v.request)); {
	case v.greeted || !bytes.Equal(first[:n], v.request[:n]):
		k.failf("%v, greeted: %v, is sent elsewhere with %q", v.address, v.greeted, first)
	case n == 0:
		v.why = "it is not to be greeted"
	default:
		v.why = "it is none for a loop"
	}
	v.patience = forever
	if whole && k.oneIn(2) {
		v.said, v.early = bytes.Clone(early), len(early)
		v.comesBack(conn.(*custody))
	} else {
		v.closes(conn)
	}
	k.misfortune()
}

func (k gatekeeper) Lost(err error, retry time.Duration) {
	k.notef("lost: %v, until %v", err, retry)
	switch {
	case retry < minRetry || retry > maxRetry:
		k.failf("a pause of %v", retry)
	case !errors.Is(err, unix.ENOSPC) && k.clock >= k.entrance.short:
		k.failf("a pause for %v", err)
	}
	// A turn may come in between.
	k.deskOf(k.shard).late = k.shard.now + retry + time.Second
}

func (k gatekeeper) Fault(value any, stack []byte, from netip.AddrPort) {
	v := k.visitor(from)
	v.faults++
	if value != (injected{}) {
		k.failf("%v\n%s", value, stack)
	}
	k.meet("a fault with a visitor")
	k.misfortune()
}

func (k gatekeeper) misfortune() {
	if k.oneIn(40) {
		panic(injected{})
	}
}

// invariants are what must be true of the door between two turns.
func (e *entrance) invariants() {
	open := 0
	for _, d := range e.w.desks {
		open += e.ways(d)
	}
	if open == 0 {
		e.dismiss()
	}
}

// ways are the doorways of a desk.
func (e *entrance) ways(d *desk) (ways int) {
	l, paused := d.shard, 0
	if l.rests {
		d.late = 0
	}
	for _, w := range l.doors {
		if w == nil {
			continue
		}
		ways++
		if w.opens > 0 {
			paused++
		}
		if closed := w.opens > l.now || l.rests; closed == d.attends {
			e.w.failed("at %v, the door is closed until %v, or for a rest: %v; watched: %v", l.now, w.opens, l.rests, d.attends)
		}
	}
	if l.paused != paused {
		e.w.failed("%d doors are paused, not %d", paused, l.paused)
	}
	if ways == 0 && d.attends {
		e.w.failed("a door is watched that is closed")
	}
	return ways
}
