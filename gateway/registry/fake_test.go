package registry

import (
	"sync"
	"time"

	"switchyard.dev/gateway/session"
)

// fake is a session that does what its test says when it is closed.
type fake struct {
	Entry
	onClose func(*fake)
	onCut   func(*fake)

	mu     sync.Mutex
	closed []time.Time
	cut    []time.Time
	causes []session.Cause
}

func (f *fake) Info() Info           { return Info{ID: f.ID()} }
func (f *fake) Stats() session.Stats { return session.Stats{} }

func (f *fake) Close(c session.Cause) {
	f.mu.Lock()
	f.closed = append(f.closed, time.Now())
	f.causes = append(f.causes, c)
	f.mu.Unlock()
	if f.onClose != nil {
		f.onClose(f)
	}
}

func (f *fake) Cut(c session.Cause) {
	f.mu.Lock()
	f.cut = append(f.cut, time.Now())
	f.causes = append(f.causes, c)
	f.mu.Unlock()
	if f.onCut != nil {
		f.onCut(f)
	}
}

// addFakes adds n sessions to r, each made by change.
func addFakes(r *Registry, n int, change func(*fake)) []*fake {
	all := make([]*fake, n)
	for i := range all {
		all[i] = new(fake)
		change(all[i])
		r.Add(all[i])
	}
	return all
}
