package gatewaytest

import (
	"testing"
	"time"
)

// Patience bounds every wait of a test. It is never what a test measures: only
// a failing test waits so long.
const Patience = 30 * time.Second

// pollEvery is how often a condition without a channel is looked at.
const pollEvery = 2 * time.Millisecond

// Yard owns what one test starts. When the test ends, everything is stopped in
// the reverse order, and then a goroutine or a descriptor that was not there
// before New fails the test.
type Yard struct {
	tb testing.TB
}

// New returns an empty Yard. Call it before anything else in the test: what is
// open already is taken for granted. Tests that hold a Yard must not run in
// parallel with each other; subtests of one Yard may.
func New(tb testing.TB) *Yard {
	tb.Helper()
	watchLeaks(tb)
	return &Yard{tb: tb}
}

// Unwatched returns an empty Yard that looks for nothing left behind: for tests
// that run in parallel, whose goroutines cannot be told apart.
func Unwatched(tb testing.TB) *Yard { return &Yard{tb: tb} }

// Eventually waits until ok and fails the test where that takes longer than
// Patience.
func Eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	if !Within(Patience, ok) {
		tb.Fatalf("after %v still not: %s", Patience, what)
	}
}

// Within waits until ok, at most for limit, and returns whether it came to be.
func Within(limit time.Duration, ok func() bool) bool {
	for deadline := time.Now().Add(limit); ; time.Sleep(pollEvery) {
		if ok() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}
