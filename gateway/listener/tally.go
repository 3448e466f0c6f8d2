package listener

import "sync"

// tally counts connections that are being served. Unlike a sync.WaitGroup's, its
// count may rise from zero while somebody waits: a client that was accepted long
// ago may say its first word then. Its methods are safe for concurrent use.
type tally struct {
	mu sync.Mutex
	n  int
	// none is closed when there are none; nil if nobody waits for that.
	none chan struct{}
}

// Go calls serve on a goroutine, and counts that.
func (t *tally) Go(serve func()) {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	go func() {
		defer t.done()
		serve()
	}()
}

func (t *tally) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n--; t.n == 0 && t.none != nil {
		close(t.none)
		t.none = nil
	}
}

// empty returns a channel that is closed once nothing is counted.
func (t *tally) empty() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	none := t.none
	if none == nil {
		none = make(chan struct{})
	}
	if t.n == 0 {
		close(none)
	} else {
		t.none = none
	}
	return none
}
