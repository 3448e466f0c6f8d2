package wheel

import (
	"math/bits"
	"time"
)

// Tick is the step of time: something is due up to one Tick late, never early.
const Tick = 4 * time.Millisecond

const (
	// Each of 64 slots of a level spans all of the level below it.
	slotBits = 6
	slots    = 1 << slotBits
	levels   = 6
	// horizon is how far ahead a deadline may lie, in ticks: all slots of the
	// highest level but the one that is open.
	horizon = (slots - 1) << (slotBits * (levels - 1))
)

// Wheel is empty as its zero value, at time zero.
type Wheel struct {
	now    tick
	levels [levels]level
	// entries are by number.
	entries []entry
}

// tick is a time as a number of Ticks.
type tick int64

// level is one ring of slots, and which of them hold something.
type level struct {
	occupied uint64
	// heads begin the lists of entries, as their numbers plus one; zero is none.
	heads [slots]int32
}

// entry is a place in the list of its slot; links are numbers plus one.
type entry struct {
	at         tick
	next, prev int32
	level      int8 // plus one; zero: in no list
	slot       uint8
}

// Set makes at the deadline of id, whatever it was before. A deadline that has
// passed is due with the next Tick; one beyond eight years is due then.
func (w *Wheel) Set(id int32, at time.Duration) {
	due := tick((at + Tick - 1) / Tick)
	due = min(max(due, w.now+1), w.now+horizon)
	for int(id) >= len(w.entries) {
		w.entries = append(w.entries, entry{})
	}
	e := &w.entries[id]
	if e.level > 0 {
		if e.at == due {
			return
		}
		w.remove(id)
	}
	e.at = due
	w.insert(id)
}

// Stop forgets the deadline of id, if it has one.
func (w *Wheel) Stop(id int32) {
	if int(id) < len(w.entries) && w.entries[id].level > 0 {
		w.remove(id)
	}
}

// Next is the latest time at which Advance must be called so that nothing is
// due later than it should; ok is false where nothing is ever due.
func (w *Wheel) Next() (at time.Duration, ok bool) {
	due, _, _, ok := w.next()
	return time.Duration(due) * Tick, ok
}

// Advance sets the time and calls fire for each id whose deadline has come; it
// has none then. fire may Set and Stop any id. Time does not go back.
func (w *Wheel) Advance(now time.Duration, fire func(id int32)) {
	until := tick(now / Tick)
	for {
		begins, l, slot, ok := w.next()
		if !ok || begins > until {
			w.now = max(w.now, until)
			return
		}
		w.now = max(w.now, begins)
		w.open(l, slot, fire)
	}
}

// open empties a slot whose time has come: what is due fires, the rest goes to
// levels below.
func (w *Wheel) open(l, slot int, fire func(id int32)) {
	for w.levels[l].heads[slot] != 0 {
		id := w.levels[l].heads[slot] - 1
		w.remove(id)
		if w.entries[id].at > w.now {
			w.insert(id)
		} else {
			fire(id)
		}
	}
}

// next is the first slot whose time comes, and that time. Slots of a level come
// before those of the levels above it, since they are within one slot of those.
func (w *Wheel) next() (begins tick, l, slot int, ok bool) {
	for l := range levels {
		occupied := w.levels[l].occupied
		if occupied == 0 {
			continue
		}
		shift := uint(l * slotBits)
		here := int(w.now>>shift) & (slots - 1)
		ahead := bits.TrailingZeros64(bits.RotateLeft64(occupied, -here))
		begins = (w.now>>shift + tick(ahead)) << shift
		return begins, l, (here + ahead) & (slots - 1), true
	}
	return 0, 0, 0, false
}

// insert puts id into the slot of its deadline: in the level of the highest
// digit, to the base of 64, in which that differs from now.
func (w *Wheel) insert(id int32) {
	e := &w.entries[id]
	l := (bits.Len64(uint64(e.at^w.now)|1) - 1) / slotBits
	l = min(l, levels-1)
	slot := int(e.at>>uint(l*slotBits)) & (slots - 1)
	head := &w.levels[l].heads[slot]
	e.level, e.slot, e.prev, e.next = int8(l+1), uint8(slot), 0, *head
	if e.next > 0 {
		w.entries[e.next-1].prev = id + 1
	}
	*head = id + 1
	w.levels[l].occupied |= 1 << slot
}

func (w *Wheel) remove(id int32) {
	e := &w.entries[id]
	l := &w.levels[e.level-1]
	if e.prev > 0 {
		w.entries[e.prev-1].next = e.next
	} else {
		l.heads[e.slot] = e.next
		if e.next == 0 {
			l.occupied &^= 1 << e.slot
		}
	}
	if e.next > 0 {
		w.entries[e.next-1].prev = e.prev
	}
	e.level = 0
}
