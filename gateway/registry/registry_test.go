package registry

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestIDsAreSixteenHexadecimalDigitsAndNeverRepeat(t *testing.T) {
	r, seen := New(), map[string]bool{}
	for range 10_000 {
		s := new(fake)
		r.Add(s)
		r.Remove(s)
		if id := s.ID(); len(id) != 16 || strings.Trim(id, "0123456789abcdef") != "" || seen[id] {
			t.Fatalf("id %q is not 16 hexadecimal digits, or was given before", id)
		}
		seen[s.ID()] = true
	}
	one, other := new(fake), new(fake)
	New().Add(one)
	New().Add(other)
	if one.ID() == other.ID() {
		t.Error("two registries begin with the same identifier")
	}
}

// TestAgainstAMap does random things to a registry and to a map.
func TestAgainstAMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	r, model := New(), map[*fake]bool{}
	all := make([]fake, 40)
	for range 20_000 {
		s := &all[rng.IntN(len(all))]
		if rng.IntN(2) == 0 {
			if r.Add(s) == model[s] {
				t.Fatalf("Add is %v of a session that was there: %v", !model[s], model[s])
			}
			model[s] = true
		} else {
			r.Remove(s) // it may not be there
			delete(model, s)
		}
		same(t, r, model)
	}
}

func same(t *testing.T, r *Registry, model map[*fake]bool) {
	t.Helper()
	if r.Len() != len(model) {
		t.Fatalf("Len is %d, want %d", r.Len(), len(model))
	}
	yielded := map[*fake]bool{}
	for s := range r.Each {
		yielded[s.(*fake)] = true
	}
	if !maps.Equal(yielded, model) {
		t.Fatalf("Each yields %d other sessions than the %d that are there", len(yielded), len(model))
	}
}

func TestASessionOfAnotherRegistryIsAStranger(t *testing.T) {
	r, other := New(), New()
	ours, theirs := addFakes(r, 3, func(*fake) {}), addFakes(other, 3, func(*fake) {})
	for _, s := range theirs {
		r.Remove(s)
	}
	if r.Len() != len(ours) {
		t.Errorf("%d of %d are left", r.Len(), len(ours))
	}
}

func TestEachStopsWhenToldTo(t *testing.T) {
	r, n := New(), 0
	addFakes(r, 5, func(*fake) {})
	for range r.Each {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("yielded %d", n)
	}
}

func TestEachLetsItsCallerRemove(t *testing.T) {
	r := New()
	all := addFakes(r, 100, func(*fake) {})
	for s := range r.Each {
		r.Remove(s)
	}
	if r.Len() != 0 {
		t.Errorf("%d are left", r.Len())
	}
	if slices.ContainsFunc(r.list[:cap(r.list)], func(s Live) bool { return s != nil }) {
		t.Errorf("a removed session is still held; %d were added", len(all))
	}
}

// TestSessionsComeAndGo is for the race detector: starts, ends, walks and
// look-ups at once, and nobody is left at the end.
func TestSessionsComeAndGo(t *testing.T) {
	const workers, rounds = 8, 200
	r := New()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range rounds {
				s := new(fake)
				if !r.Add(s) {
					t.Error("Add is false")
				}
				r.Remove(s)
			}
		})
		wg.Go(func() {
			for range rounds {
				for s := range r.Each {
					_ = s.Info().ID
				}
			}
		})
	}
	wg.Wait()
	if r.Len() != 0 {
		t.Errorf("%d are left", r.Len())
	}
}
