package upstream

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// toleratedFailures is how many dials in a row may fail before an endpoint
	// is passed over.
	toleratedFailures = 2
	// The first time that an endpoint is passed over, doubling to the longest.
	firstPass   = time.Second
	longestPass = 30 * time.Second
	// passJitter is the share of that time that is random, so that many gateways
	// do not come back to an endpoint together.
	passJitter = 0.25
	// probeWindow is for how long an endpoint that is tried again stays passed
	// over for all but the one that tries.
	probeWindow = 5 * time.Second
)

// moment is a time on a Pool's own clock, which no one can set.
type moment = time.Duration

// key names an endpoint across configurations.
type key struct{ service, address string }

// endpoint is the state of one address of one service. It outlives the
// configuration that brought it, so that counts stay true across updates.
type endpoint struct {
	key
	// direct is the address, where nothing in it has to be resolved.
	direct netip.AddrPort
	// live counts sessions, and dials under way.
	live atomic.Int64
	// avoid is the moment until which the endpoint is passed over.
	avoid atomic.Int64
	// tls is how new connections are secured; nil: they are not.
	tls atomic.Pointer[client]

	mu sync.Mutex
	// failures counts dials that failed in a row.
	failures int
	// counted is the moment from which on dials must start for their failures to
	// count: many that fail together are one sign, not many.
	counted moment
}

func newEndpoint(k key) *endpoint {
	e := &endpoint{key: k}
	// A name has to be resolved, and so has that of a zone.
	if a, err := netip.ParseAddrPort(k.address); err == nil && a.Addr().Zone() == "" {
		e.direct = a
	}
	return e
}

// speak sets how new connections are secured: as s says, or not where it is nil.
func (e *endpoint) speak(s *security) {
	if s == nil {
		e.tls.Store(nil)
		return
	}
	if c := e.tls.Load(); c == nil || c.security != s {
		e.tls.Store(&client{security: s})
	}
}

func (e *endpoint) passedOver(now moment) bool { return moment(e.avoid.Load()) > now }

// probe is called for whoever dials at now. The first to come back to an
// endpoint that was passed over keeps the others away until it knows more.
func (e *endpoint) probe(now moment) {
	if until := e.avoid.Load(); until != 0 && moment(until) <= now {
		e.avoid.CompareAndSwap(until, int64(now+probeWindow))
	}
}

// succeeded says that a dial reached the endpoint.
func (e *endpoint) succeeded() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failures = 0
	e.avoid.Store(0)
}

// failed says that a dial that began at start failed at now. random is in [0,1).
func (e *endpoint) failed(start, now moment, random float64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if start < e.counted {
		return
	}
	e.failures++
	if e.failures <= toleratedFailures {
		return
	}
	pass := passTime(e.failures-toleratedFailures, random)
	e.counted = now + pass
	e.avoid.Store(int64(e.counted))
}

// passTime is how long an endpoint is passed over the nth time in a row.
func passTime(n int, random float64) time.Duration {
	d := firstPass
	for ; n > 1 && d < longestPass; n-- {
		d *= 2
	}
	d = min(d, longestPass)
	return d - time.Duration(float64(d)*passJitter*random)
}
