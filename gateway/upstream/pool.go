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
	// gone are those of known that no service has.
	gone map[key]*endpoint

	start  time.Time
	dial   func(ctx context.Context, address string) (*net.TCPConn, error)
	below  func(*net.TCPConn) net.Conn
	random func(n uint64) uint64
}

// New is a pool without services. below is what TLS is spoken over, given the
// TCP connection; nil is the TCP connection itself.
func New(below func(*net.TCPConn) net.Conn) *Pool {
	p := &Pool{
		known: map[key]*endpoint{}, gone: map[key]*endpoint{},
		start: time.Now(), dial: dialTCP, below: below, random: rand.Uint64N,
	}
	if below == nil {
		p.below = func(c *net.TCPConn) net.Conn { return c }
	}
	p.services.Store(&map[string]*service{})
	return p
}

// Update replaces all services. Sessions are untouched. An endpoint that stays,
// the same address and port of the same service, keeps its count of live
// sessions and what is known of its failures, and TLS sessions with it may be
// resumed while its service's TLS stays the same.
//
// A service that is the very same message as before costs next to nothing: of
// thousands, few change at a time.
func (p *Pool) Update(services []*config.Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, table := *p.services.Load(), make(map[string]*service, len(services))
	for _, c := range services {
		old := before[c.GetName()]
		if old == nil || old.config != c {
			table[c.GetName()] = newService(c, old, p.endpoint)
		} else {
			table[c.GetName()] = old
		}
	}
	for name, old := range before {
		if now := table[name]; now != old {
			p.retire(old, now)
		}
	}
	p.sweep()
	p.services.Store(&table)
}

// endpoint is the one of that key, new or known.
func (p *Pool) endpoint(k key) *endpoint {
	e := p.known[k]
	if e == nil {
		e = newEndpoint(k)
		p.known[k] = e
	}
	delete(p.gone, k)
	return e
}

// retire notes which endpoints old had and now, which may be nil, has not.
func (p *Pool) retire(old, now *service) {
	for _, e := range old.all {
		p.gone[e.key] = e
	}
	if now == nil {
		return
	}
	for _, e := range now.all {
		delete(p.gone, e.key)
	}
}

// sweep forgets endpoints that are gone and have no session left.
func (p *Pool) sweep() {
	for k, e := range p.gone {
		if e.live.Load() == 0 {
			delete(p.gone, k)
			delete(p.known, k)
		}
	}
}

func (p *Pool) now() moment { return time.Since(p.start) }

// float is random in [0,1).
func (p *Pool) float() float64 {
	const steps = 1 << 53
	return float64(p.random(steps)) / steps
}
