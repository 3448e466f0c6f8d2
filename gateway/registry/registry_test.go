package registry

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestIDsAreSixteenHexadecimalDigitsAndNeverRepeat(t *testing.T) {
	r, seen := New(), map[string]bool{}
	for range 10_000 {
		id := r.NewID()
		if len(id) != 16 || strings.Trim(id, "0123456789abcdef") != "" {
			t.Fatalf("id %q is not 16 hexadecimal digits", id)
		}
		if seen[id] {
			t.Fatalf("id %q was given twice", id)
		}
		seen[id] = true
	}
	if New().NewID() == New().NewID() {
		t.Error("two registries begin with the same identifier")
	}
}

// TestAgainstAMap does random things to a registry and to a map.
func TestAgainstAMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	r, model := New(), map[string]*fake{}
	for range 20_000 {
		id := string(rune('A' + rng.IntN(40)))
		s := newFake(id)
		switch rng.IntN(3) {
		case 0:
			_, taken := model[id]
			if r.Add(s) == taken {
				t.Fatalf("Add(%s) with taken %v", id, taken)
			}
			if !taken {
				model[id] = s
			}
		case 1:
			if known := model[id]; known != nil {
				r.Remove(known)
				delete(model, id)
			}
		case 2:
			r.Remove(s) // a stranger with an id that may be known
		}
		same(t, r, model)
	}
}

func same(t *testing.T, r *Registry, model map[string]*fake) {
	t.Helper()
	if r.Len() != len(model) {
		t.Fatalf("Len is %d, want %d", r.Len(), len(model))
	}
	n := 0
	for s := range r.Each {
		n++
		if model[s.Info().ID] != s {
			t.Fatalf("Each yields a stranger, %s", s.Info().ID)
		}
		if got, ok := r.Get(s.Info().ID); !ok || got != s {
			t.Fatalf("Get(%s) is %v, %v", s.Info().ID, got, ok)
		}
	}
	if n != len(model) {
		t.Fatalf("Each yields %d, want %d", n, len(model))
	}
}

func TestGetOfAnUnknownSession(t *testing.T) {
	if s, ok := New().Get("nobody"); s != nil || ok {
		t.Errorf("Get is %v, %v", s, ok)
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
				s := newFake(r.NewID())
				if !r.Add(s) {
					t.Error("Add is false")
				}
				if _, ok := r.Get(s.info.ID); !ok {
					t.Error("Get does not find what was added")
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
