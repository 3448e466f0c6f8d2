package registry

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
)

// Registry knows the live sessions of a gateway. It is safe for concurrent use.
// Of a session it calls nothing but Info while it holds its lock, so sessions may
// call it from anywhere.
type Registry struct {
	// seed and issued make identifiers, see NewID.
	seed   uint64
	issued atomic.Uint64

	mu sync.Mutex
	// list is dense, so that copying it is one memmove under the lock; at finds a
	// session in it by its identifier.
	list []Live
	at   map[string]int
	// draining is never taken back.
	draining bool
	// empty is closed once the registry drains and holds nothing.
	empty chan struct{}
}

// New is an empty registry.
func New() *Registry {
	return &Registry{
		seed:  rand.Uint64(),
		at:    make(map[string]int),
		empty: make(chan struct{}),
	}
}

// NewID is an identifier that this registry never gave before: 16 hexadecimal
// digits. It is no secret, and of several gateways it is as good as random.
func (r *Registry) NewID() string {
	return fmt.Sprintf("%016x", scatter(r.seed+r.issued.Add(1)))
}

// scatter maps every number to another one, no two to the same: the finaliser
// of SplitMix64 (Steele, Lea, Flood, 2014).
func scatter(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Add takes s in. It is false, and s is not taken in, while the registry drains
// or where another session has the identifier of s.
func (r *Registry) Add(s Live) bool {
	id := s.Info().ID
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.at[id]; taken || r.draining {
		return false
	}
	r.at[id] = len(r.list)
	r.list = append(r.list, s)
	return true
}

// Remove forgets s. It does nothing where s was never taken in. It is the last
// thing to do for a session: a drain that waited for it may return, and the
// process end.
func (r *Registry) Remove(s Live) {
	id := s.Info().ID
	r.mu.Lock()
	defer r.mu.Unlock()
	i, known := r.at[id]
	if !known || r.list[i] != s {
		return
	}
	r.fill(i)
	delete(r.at, id)
	if r.draining && len(r.list) == 0 {
		close(r.empty)
	}
}

// fill puts the last session of the list in place i.
func (r *Registry) fill(i int) {
	last := len(r.list) - 1
	if i != last {
		r.list[i] = r.list[last]
		r.at[r.list[i].Info().ID] = i
	}
	r.list[last] = nil
	r.list = r.list[:last]
}

// Get is the live session with this identifier.
func (r *Registry) Get(id string) (s Live, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.at[id]
	if !ok {
		return nil, false
	}
	return r.list[i], true
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
