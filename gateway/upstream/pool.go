package upstream

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"switchyard.dev/gateway/config"
)

// Pool holds the endpoints of all services, their live sessions and what is
// known of their failures. It is safe for concurrent use: a Dial takes no lock
// that an Update holds.
type Pool struct {
	// services are by name; the map is replaced, never written.
	services atomic.Pointer[map[string]*service]

	mu sync.Mutex
	// known are the endpoints of services, and those gone that still have
	// sessions: should they come back, their counts are right.
	known map[key]*endpoint

	start  time.Time
	dial   func(ctx context.Context, address string) (*net.TCPConn, error)
	random func(n uint64) uint64
}

// New is a pool without services.
func New() *Pool {
	p := &Pool{start: time.Now(), dial: dialTCP, random: rand.Uint64N}
	p.services.Store(&map[string]*service{})
	return p
}

// Update replaces all services. Sessions are untouched. An endpoint that stays,
// the same address and port of the same service, keeps its count of live
// sessions and what is known of its failures.
func (p *Pool) Update(services []*config.Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old, now := p.known, make(map[key]*endpoint)
	for k, e := range old {
		if e.live.Load() > 0 {
			now[k] = e
		}
	}
	known := func(k key) *endpoint {
		e := old[k]
		if e == nil {
			e = now[k]
		}
		if e == nil {
			e = &endpoint{key: k}
		}
		now[k] = e
		return e
	}
	table := make(map[string]*service, len(services))
	for _, s := range services {
		table[s.GetName()] = newService(s, known)
	}
	p.known = now
	p.services.Store(&table)
}

func (p *Pool) now() moment { return time.Since(p.start) }

// float is random in [0,1).
func (p *Pool) float() float64 {
	const steps = 1 << 53
	return float64(p.random(steps)) / steps
}
