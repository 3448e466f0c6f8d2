//go:build linux

package loop

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/session"
)

// TestSimulation drives shards through random interleavings of all that can
// happen to their sockets, and holds them to what must be true of every one.
// The seed of a failure replays it.
func TestSimulation(t *testing.T) {
	const all = 20000
	seeds := uint64(all)
	if testing.Short() || raceEnabled {
		seeds = 1000
	}
	defer debug.SetGCPercent(debug.SetGCPercent(1000)) // hardly anything lives long
	ended, met := map[session.Cause]int{}, map[string]int{}
	for seed := range seeds {
		sim := newSimulation(t, seed, false)
		sim.met = met
		sim.run()
		for _, c := range sim.conversations {
			ended[c.end.Cause]++
		}
	}
	if seeds < all {
		return // too few for what is rare
	}
	for _, c := range session.Causes() {
		if ended[c] == 0 {
			t.Errorf("no session ended with %v: %v", c, ended)
		}
	}
	for _, what := range slices.Concat(passes, visits, journeys) {
		if met[what] == 0 {
			t.Errorf("it never was so that %s: %v", what, met)
		}
	}
}

// journeys are what simulations must come to.
var journeys = []string{
	"a session migrates", "a session is not watched where it comes to", "a session comes back", "a door is closed for a rest",
}

// simulation is shards with their sessions.
type simulation struct {
	*world
	t             *testing.T
	seed          uint64
	conversations []*conversation
	live          int
	// ending: the shards have been told to end.
	ending bool
}

func newSimulation(t *testing.T, seed uint64, tracing bool) *simulation {
	sim := &simulation{world: newWorld(seed), t: t, seed: seed}
	sim.tracing = tracing
	sim.failed = sim.failf
	sim.assemble()
	for range 1 + sim.IntN(4) {
		sim.after(time.Duration(sim.IntN(int(10*time.Millisecond))), sim.converse)
	}
	if sim.oneIn(4) {
		sim.openDoor()
	}
	if sim.oneIn(20) {
		sim.after(time.Duration(sim.IntN(int(time.Second))), sim.endAll)
	}
	return sim
}

// assemble makes a group of the shard, and maybe others.
func (sim *simulation) assemble() {
	g := &Group{}
	for range sim.IntN(3) {
		sim.addShard()
	}
	for _, d := range sim.desks {
		g.add(d.shard)
	}
	for range sim.IntN(6) {
		sim.after(time.Duration(sim.IntN(int(20*time.Millisecond))), func() { g.serve(1+sim.IntN(len(g.shards)), sim.clock) })
	}
}

func (sim *simulation) anyShard() *shard { return sim.desks[sim.IntN(len(sim.desks))].shard }

// endAll ends all shards.
func (sim *simulation) endAll() {
	sim.ending = true
	for _, d := range sim.desks {
		d.shard.post(letter{what: end})
	}
}

// failf fails the test, with what happened in this seed.
func (sim *simulation) failf(format string, a ...any) {
	sim.t.Helper()
	if !sim.tracing {
		again := newSimulation(sim.t, sim.seed, true) // which fails as this did
		again.run()
		sim.t.Fatalf("seed %d: not when traced: %s", sim.seed, fmt.Sprintf(format, a...))
	}
	last := sim.trace[max(0, len(sim.trace)-60):]
	sim.t.Fatalf("seed %d: %s\n%s", sim.seed, fmt.Sprintf(format, a...), strings.Join(last, "\n"))
}

// run lets the shard work until nothing lives and nothing is to come.
func (sim *simulation) run() {
	for turns := 0; sim.live > 0 || len(sim.agenda) > 0 || !sim.idle(); turns++ {
		if turns > 50000 {
			sim.failf("it does not end")
		}
		if !sim.turn() {
			break
		}
		for _, c := range sim.conversations {
			c.invariants()
		}
		sim.doorInvariants()
	}
	for _, c := range sim.conversations {
		c.afterwards()
	}
	sim.doorsAfterwards()
	for _, d := range sim.desks {
		sim.left(d.shard)
	}
	for fd, s := range sim.sockets {
		if s != nil {
			sim.failf("socket %d is left", fd)
		}
	}
}

// turn lets one of the shards have its turn, and says whether any had not ended.
func (sim *simulation) turn() bool {
	at := sim.IntN(len(sim.desks))
	for i := range sim.desks {
		d := sim.desks[(at+i)%len(sim.desks)]
		if d.ended {
			continue
		}
		sim.shard = d.shard
		d.shard.turn()
		if d.shard.ending {
			d.end()
		}
		return true
	}
	return false
}

// left is what may be left of l when all is over.
func (sim *simulation) left(l *shard) {
	if at, ok := l.wheel.Next(); ok {
		sim.failf("the wheel has something for %v", at)
	}
	if n := l.sessions.Load(); n != 0 {
		sim.failf("%d sessions are left", n)
	}
	if n, want := sim.pipesOf(l), l.pipes.unlent(); n != want || l.pipes.lent != 0 {
		sim.failf("%d pipes are left, of which it has %d", n, want)
	}
}
