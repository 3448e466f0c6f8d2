package registry

import (
	"context"
	"math/rand/v2"
	"time"

	"switchyard.dev/gateway/session"
)

const (
	// drainStep is the shortest pause between two batches of closes: short
	// enough to look smooth, long enough not to keep a core awake.
	drainStep = 5 * time.Millisecond
	// cutGrace bounds the wait for sessions that were cut to be removed, so that
	// their records are still written.
	cutGrace = time.Second
)

// Report says how a drain went.
type Report struct {
	// Sessions were live when the drain began.
	Sessions int
	// Closed of them ended in time, Cut of them did not.
	Closed, Cut int
}

// Drain ends every session, and Add refuses new ones from now on and for ever.
//
// Every session is sent Close(session.Drain), in random order, one every
// window/n; a window of zero closes all at once. Then Drain waits until none is
// left, at most for timeout after the end of the window, and cuts the rest. When
// ctx ends it cuts at once. It returns as soon as no session is left.
func (r *Registry) Drain(ctx context.Context, window, timeout time.Duration) Report {
	deadline := time.Now().Add(window + timeout)
	sessions := r.refuse()
	r.closeOver(ctx, sessions, window)
	r.pause(ctx, time.Until(deadline))
	cut := r.cut()
	return Report{Sessions: len(sessions), Closed: len(sessions) - cut, Cut: cut}
}

// refuse makes Add refuse and returns the sessions it let in before.
func (r *Registry) refuse() []Live {
	r.mu.Lock()
	if !r.draining {
		r.draining = true
		if len(r.list) == 0 {
			close(r.empty)
		}
	}
	r.mu.Unlock()
	return r.live()
}

// closeOver closes the sessions at even distances over the window, the first at
// once. It gives up when ctx ends or no session is left.
func (r *Registry) closeOver(ctx context.Context, sessions []Live, window time.Duration) {
	// Neighbours in the list came together and often are one service's; closed
	// together they would come back to it together.
	rand.Shuffle(len(sessions), func(i, j int) { sessions[i], sessions[j] = sessions[j], sessions[i] })

	start := time.Now()
	every := float64(window) / float64(len(sessions))
	for i, s := range sessions {
		due := time.Duration(float64(i) * every)
		if early := due - time.Since(start); early > 0 && !r.pause(ctx, max(early, drainStep)) {
			return
		}
		s.Close(session.Drain)
	}
}

// pause waits for d. It is false, at once, when no session is left or ctx ends.
func (r *Registry) pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.empty:
		return false
	case <-ctx.Done():
		return false
	}
}

// cut ends what is left, and returns how many those were.
func (r *Registry) cut() int {
	sessions := r.live()
	for _, s := range sessions {
		s.Cut(session.Drain)
	}
	r.pause(context.Background(), cutGrace)
	return len(sessions)
}
