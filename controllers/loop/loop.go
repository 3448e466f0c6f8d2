package loop

import (
	"context"
	"time"
)

const (
	// Quiet is how long after the last mark a pass begins: events come in
	// flocks, as when a Deployment is rolled out.
	Quiet = 50 * time.Millisecond
	// Most is how long a pass may be put off by further marks.
	Most = 500 * time.Millisecond
)

// Loop runs passes. Make one with New.
type Loop struct {
	marked chan struct{}
}

// New makes a Loop that nothing is marked in.
func New() *Loop {
	return &Loop{marked: make(chan struct{}, 1)}
}

// Mark asks for a pass. It never blocks and is safe for concurrent use. Marks
// made before a pass begins are answered by it; those made meanwhile, by another.
func (l *Loop) Mark() {
	select {
	case l.marked <- struct{}{}:
	default:
	}
}

// Run runs passes until ctx ends. What a pass returns is when it wants to be
// run again though nothing is marked: zero is never.
func (l *Loop) Run(ctx context.Context, pass func(context.Context) (again time.Duration)) {
	var due <-chan time.Time
	for {
		// Woken by: a mark; the last pass's own wish; the end.
		select {
		case <-ctx.Done():
			return
		case <-l.marked:
			if !l.settle(ctx) {
				return
			}
		case <-due:
		}
		due = nil
		if again := pass(ctx); again > 0 {
			due = time.After(again)
		}
	}
}

// settle waits until no mark has come for Quiet, at most for Most. False: ctx
// has ended.
func (l *Loop) settle(ctx context.Context) bool {
	most := time.After(Most)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-l.marked:
		case <-time.After(Quiet):
			return true
		case <-most:
			return true
		}
	}
}
