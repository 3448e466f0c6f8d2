package registry

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"switchyard.dev/gateway/session"
)

// leaves is a session that is gone d after it was closed.
func leaves(r *Registry, d time.Duration) func(*fake) {
	return func(f *fake) {
		f.onClose = func(f *fake) { time.AfterFunc(d, func() { r.Remove(f) }) }
	}
}

// stubborn is a session that only a cut ends.
func stubborn(r *Registry) func(*fake) {
	return func(f *fake) { f.onCut = func(f *fake) { go r.Remove(f) } }
}

func TestDrain(t *testing.T) {
	const window, timeout = 10 * time.Second, 5 * time.Second
	cases := map[string]struct {
		sessions int
		kind     func(*Registry) func(*fake)
		window   time.Duration
		want     Report
		took     time.Duration
	}{
		"nobody there: it returns at once": {
			kind: stubborn, window: window,
		},
		"a single session is closed at once, not at the window's end": {
			sessions: 1, kind: func(r *Registry) func(*fake) { return leaves(r, time.Second) }, window: window,
			want: Report{Sessions: 1, Closed: 1}, took: time.Second,
		},
		"the last of ten sessions is closed a tenth before the window's end": {
			sessions: 10, kind: func(r *Registry) func(*fake) { return leaves(r, 2*time.Second) }, window: window,
			want: Report{Sessions: 10, Closed: 10}, took: 11 * time.Second,
		},
		"without a window all are closed at once": {
			sessions: 1000, kind: func(r *Registry) func(*fake) { return leaves(r, time.Second) },
			want: Report{Sessions: 1000, Closed: 1000}, took: time.Second,
		},
		"sessions that never end are cut after window and timeout": {
			sessions: 7, kind: stubborn, window: window,
			want: Report{Sessions: 7, Cut: 7}, took: window + timeout,
		},
		"a session that a cut does not end is left behind": {
			sessions: 1, kind: func(*Registry) func(*fake) { return func(*fake) {} }, window: window,
			want: Report{Sessions: 1, Cut: 1}, took: window + timeout + cutGrace,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := New()
				addFakes(r, tc.sessions, tc.kind(r))
				start := time.Now()
				got := r.Drain(t.Context(), tc.window, timeout)
				if got != tc.want {
					t.Errorf("report is %+v, want %+v", got, tc.want)
				}
				if took := time.Since(start); took != tc.took {
					t.Errorf("took %v, want %v", took, tc.took)
				}
			})
		})
	}
}

func TestDrainIsEven(t *testing.T) {
	cases := map[string]struct {
		sessions int
		window   time.Duration
	}{
		"ten thousand in ten seconds": {10_000, 10 * time.Second},
		"three in ten seconds":        {3, 10 * time.Second},
		"twelve in an hour":           {12, time.Hour},
		"late pauses do not add up":   {20_000, 20 * time.Second},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := New()
				all := addFakes(r, tc.sessions, leaves(r, time.Millisecond))
				start := time.Now()
				r.Drain(t.Context(), tc.window, time.Second)

				var at []time.Duration
				for _, f := range all {
					if len(f.closed) != 1 || len(f.cut) != 0 || f.causes[0] != session.Drain {
						t.Fatalf("closed %d times, cut %d times, causes %v", len(f.closed), len(f.cut), f.causes)
					}
					at = append(at, f.closed[0].Sub(start))
				}
				slices.Sort(at)
				for i, d := range at {
					due := time.Duration(float64(tc.window) * float64(i) / float64(tc.sessions))
					if d < due || d > due+drainStep {
						t.Fatalf("close %d was at %v, due at %v", i, d, due)
					}
				}
			})
		})
	}
}

func TestDrainSpreadsNeighbours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 1000
		r := New()
		all := addFakes(r, n, leaves(r, time.Millisecond))
		start := time.Now()
		r.Drain(t.Context(), 10*time.Second, time.Second)
		early := 0
		for _, f := range all[:n/2] {
			if f.closed[0].Sub(start) < 5*time.Second {
				early++
			}
		}
		if early < n/8 || early > 3*n/8 {
			t.Errorf("%d of the older %d sessions were closed in the first half", early, n/2)
		}
	})
}

func TestDrainRefusesNewSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New()
		addFakes(r, 1, leaves(r, 3*time.Second))
		if r.Draining() {
			t.Error("it drains before Drain")
		}
		go r.Drain(t.Context(), 0, time.Minute)
		synctest.Wait()
		if !r.Draining() || r.Add(new(fake)) {
			t.Error("a session was taken in while draining")
		}
		time.Sleep(4 * time.Second)
		if !r.Draining() || r.Add(new(fake)) {
			t.Error("a session was taken in after the drain")
		}
	})
}

func TestDrainStopsWaitingWhenSessionsEndByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New()
		all := addFakes(r, 100, func(*fake) {})
		time.AfterFunc(2*time.Second, func() {
			for _, f := range all {
				r.Remove(f)
			}
		})
		start := time.Now()
		got := r.Drain(t.Context(), time.Minute, time.Minute)
		if want := (Report{Sessions: 100, Closed: 100}); got != want || time.Since(start) != 2*time.Second {
			t.Errorf("report %+v after %v", got, time.Since(start))
		}
	})
}

func TestDrainCutsAtOnceWhenItsContextEnds(t *testing.T) {
	cases := map[string]struct {
		cancel time.Duration
		closed int
	}{
		"before it began":    {cancel: 0, closed: 1},
		"within the window":  {cancel: 25 * time.Second, closed: 3},
		"after the window":   {cancel: 90 * time.Second, closed: 6},
		"within a long step": {cancel: 11 * time.Second, closed: 2},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := New()
				all := addFakes(r, 6, stubborn(r))
				ctx, cancel := context.WithTimeout(t.Context(), tc.cancel)
				defer cancel()
				start := time.Now()
				got := r.Drain(ctx, time.Minute, time.Hour)
				if want := (Report{Sessions: 6, Cut: 6}); got != want || time.Since(start) != tc.cancel {
					t.Errorf("report %+v after %v", got, time.Since(start))
				}
				closed := 0
				for _, f := range all {
					closed += len(f.closed)
				}
				if closed != tc.closed {
					t.Errorf("%d were closed, want %d", closed, tc.closed)
				}
			})
		})
	}
}

func TestDrainTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New()
		addFakes(r, 10, leaves(r, time.Second))
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { r.Drain(t.Context(), time.Second, time.Second) })
		}
		wg.Wait()
		if got := r.Drain(t.Context(), time.Second, time.Second); got != (Report{}) {
			t.Errorf("a drain of nothing reports %+v", got)
		}
	})
}

// TestDrainWhileSessionsComeAndGo is for the race detector: whoever was let in
// is told to go, and none is left.
func TestDrainWhileSessionsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for {
					f := new(fake)
					told := make(chan struct{})
					f.onClose = func(*fake) { close(told) }
					if !r.Add(f) {
						return
					}
					select {
					case <-told:
					case <-time.After(rand.N(time.Second)):
					}
					r.Remove(f)
				}
			})
		}
		time.Sleep(3 * time.Second)
		got := r.Drain(t.Context(), 500*time.Millisecond, time.Minute)
		wg.Wait()
		if got.Cut != 0 || got.Closed != got.Sessions || r.Len() != 0 {
			t.Errorf("report %+v, %d left", got, r.Len())
		}
	})
}
