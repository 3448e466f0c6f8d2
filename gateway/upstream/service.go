package upstream

import (
	"net"
	"strconv"

	"switchyard.dev/gateway/config"
)

// service is one config.Service. It does not change; its endpoints' counts do.
type service struct {
	name string
	// config is what it was made of.
	config *config.Service
	// all are its endpoints, those too that take no new sessions.
	all []*endpoint
	// security is nil for plain TCP.
	security *security
	// tiers are the endpoints that may take new sessions: those of the first
	// tier that has any.
	tiers [2][]*endpoint
}

const (
	// ready endpoints.
	tierReady = iota
	// Endpoints that still serve while they terminate.
	tierLeaving
)

// newService compiles c. before is the service of the same name that it takes
// the place of, or nil.
func newService(c *config.Service, before *service, known func(key) *endpoint) *service {
	s := &service{name: c.GetName(), config: c}
	var old *security
	if before != nil {
		old = before.security
	}
	s.security = newSecurity(c.GetTls(), old)
	// An address may be in two EndpointSlices for a moment.
	placed := make(map[*endpoint]bool, len(c.GetEndpoints()))
	for _, e := range c.GetEndpoints() {
		address := net.JoinHostPort(e.GetAddress(), strconv.FormatUint(uint64(e.GetPort()), 10))
		ep := known(key{service: s.name, address: address})
		s.all = append(s.all, ep)
		tier, ok := tierOf(e)
		if !ok || placed[ep] {
			continue
		}
		placed[ep] = true
		ep.speak(s.security)
		s.tiers[tier] = append(s.tiers[tier], ep)
	}
	return s
}

// tierOf is false for an endpoint that takes no new sessions.
func tierOf(e *config.Endpoint) (int, bool) {
	if e.GetReady() {
		return tierReady, true
	}
	return tierLeaving, e.GetServing() && e.GetTerminating()
}

// pick chooses an endpoint other than except, or nil: of those that have not
// failed lately, the less loaded of two chosen at random. Where all have
// failed lately, they are used all the same: one of them may be back.
func (s *service) pick(now moment, except *endpoint, random func(uint64) uint64) *endpoint {
	for _, tier := range s.tiers {
		usable := make([]*endpoint, 0, len(tier))
		var passed []*endpoint
		for _, e := range tier {
			switch {
			case e == except:
			case e.passedOver(now):
				passed = append(passed, e)
			default:
				usable = append(usable, e)
			}
		}
		if len(usable) == 0 {
			usable = passed
		}
		if len(usable) > 0 {
			return lessLoaded(usable, random)
		}
	}
	return nil
}

// lessLoaded is the power of two choices: nearly as even as to look for the
// least loaded of all, without sending every new session to the one that came
// last.
func lessLoaded(of []*endpoint, random func(uint64) uint64) *endpoint {
	n := uint64(len(of))
	if n == 1 {
		return of[0]
	}
	i := random(n)
	j := random(n - 1)
	if j >= i {
		j++
	}
	a, b := of[i], of[j]
	if b.live.Load() < a.live.Load() {
		return b
	}
	return a
}

// size is how many endpoints may take new sessions.
func (s *service) size() int { return len(s.tiers[tierReady]) + len(s.tiers[tierLeaving]) }
