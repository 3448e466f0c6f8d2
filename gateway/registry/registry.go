package registry

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// Registry knows the live sessions of a gateway. It is safe for concurrent use.
// Of a session it calls nothing while it holds its lock, so sessions may call it
// from anywhere.
type Registry struct {
	mu sync.Mutex
	// list is dense, so that copying it is one memmove under the lock. A session's
	// own Entry tells where it is.
	list []Live
	// seed and issued make identifiers.
	seed, issued uint64
	// draining is never taken back.
	draining bool
	// empty is closed once the registry drains and holds nothing.
	empty chan struct{}
}

// New is an empty registry.
func New() *Registry {
	return &Registry{seed: rand.Uint64(), empty: make(chan struct{})}
}

// Add takes s in, and gives it its identifier. It is false, and s is not taken
// in, while the registry drains or where it holds s.
func (r *Registry) Add(s Live) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.draining || r.holds(s) {
		return false
	}
	r.issued++
	*s.entry() = Entry{id: scatter(r.seed + r.issued), at: uint32(len(r.list))}
	r.list = append(r.list, s)
	return true
}

// scatter maps every number to another one, no two to the same: the finaliser
// of SplitMix64 (Steele, Lea, Flood, 2014).
func scatter(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// holds is called with mu held. The place of a session that is not in the list
// means nothing.
func (r *Registry) holds(s Live) bool {
	at := s.entry().at
	return int64(at) < int64(len(r.list)) && r.list[at] == s
}

// Remove forgets s. It does nothing where it does not hold s. It is the last
// thing to do for a session: a drain that waited for it may return, and the
// process end.
func (r *Registry) Remove(s Live) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.holds(s) {
		return
	}
	r.fill(s.entry().at)
	if r.draining && len(r.list) == 0 {
		close(r.empty)
	}
}

// fill puts the last session of the list in place at.
func (r *Registry) fill(at uint32) {
	last := len(r.list) - 1
	r.list[at] = r.list[last]
	r.list[at].entry().at = at
	r.list[last] = nil
	r.list = r.list[:last]
}

// Len is the number of live sessions.
func (r *Registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.list)
}

// Draining tells whether Drain was called: no session is taken in any more.
func (r *Registry) Draining() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.draining
}

// Each yields every session that was live when it was called, in no order,
// until yield is false. Some may have ended by the time they are yielded; yield
// may call the registry. It is an iter.Seq: for s := range r.Each.
func (r *Registry) Each(yield func(Live) bool) {
	for _, s := range r.live() {
		if !yield(s) {
			return
		}
	}
}

// live is a copy of the list.
func (r *Registry) live() []Live {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list)
}
