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
	for _, what := range slices.Concat(passes, visits) {
		if met[what] == 0 {
			t.Errorf("it never was so that %s: %v", what, met)
		}
	}
}

// simulation is a shard with its sessions.
type simulation struct {
	*world
	t             *testing.T
	seed          uint64
	conversations []*conversation
	live          int
}

func newSimulation(t *testing.T, seed uint64, tracing bool) *simulation {
	sim := &simulation{world: newWorld(seed), t: t, seed: seed}
	sim.tracing = tracing
	sim.failed = sim.failf
	for range 1 + sim.IntN(4) {
		sim.after(time.Duration(sim.IntN(int(10*time.Millisecond))), sim.converse)
	}
	if sim.oneIn(4) {
		sim.openDoor()
	}
	if sim.oneIn(20) {
		sim.after(time.Duration(sim.IntN(int(time.Second))), func() { sim.shard.post(letter{what: end}) })
	}
	return sim
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
	for turns := 0; sim.live > 0 || len(sim.agenda) > 0; turns++ {
		if turns > 50000 {
			sim.failf("it does not end")
		}
		sim.shard.turn()
		for _, c := range sim.conversations {
			c.invariants()
		}
		sim.doorInvariants()
		if sim.shard.ending {
			sim.end()
			break
		}
	}
	for _, c := range sim.conversations {
		c.afterwards()
	}
	sim.doorsAfterwards()
	if at, ok := sim.shard.wheel.Next(); ok {
		sim.failf("the wheel has something for %v", at)
	}
	if n := sim.shard.sessions.Load(); n != 0 {
		sim.failf("%d sessions are left", n)
	}
	if n, want := len(sim.conduits), sim.shard.pipes.unlent(); n != want || sim.shard.pipes.lent != 0 {
		sim.failf("%d pipes are left, of which it has %d", n, want)
	}
	for fd, s := range sim.sockets {
		if s != nil {
			sim.failf("socket %d is left", fd)
		}
	}
}
