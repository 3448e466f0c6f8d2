package route

import (
	"maps"
	"slices"

	"switchyard.dev/gateway/policy"
	"switchyard.dev/gateway/session"
	"switchyard.dev/gateway/upstream"
)

// Place is one path of one host of one listener: what all routes that claim it
// serve there together. It does not change.
type Place struct {
	bySubprotocol map[string]*Choice
	// fallback is nil where a client must offer a subprotocol.
	fallback *Choice
}

// Choice is what serves a session: one subprotocol, or the fallback, of one
// route at one listener. It does not change and is shared: callers only read it.
type Choice struct {
	// Route and Listener are names of the configuration.
	Route, Listener string
	// Subprotocol as the route spells it; empty is the fallback.
	Subprotocol string
	Target      *upstream.Target
	Policy      *policy.Policy
	// Session is what the engines of its sessions share.
	Session session.Config
}

// Choose takes the first of the subprotocols that a client offered, in its
// order, that is served here; the fallback where it offered none. False: there
// is nothing for this client.
func (p *Place) Choose(offered []string) (*Choice, bool) {
	if len(offered) == 0 {
		return p.fallback, p.fallback != nil
	}
	for _, name := range offered {
		if c, ok := p.bySubprotocol[name]; ok {
			return c, true
		}
	}
	return nil, false
}

// Subprotocols are the names served here, sorted.
func (p *Place) Subprotocols() []string {
	return slices.Sorted(maps.Keys(p.bySubprotocol))
}

// claim gives c what nobody claimed before: routes come in order of precedence.
func (p *Place) claim(c *Choice) {
	if c.Subprotocol == "" {
		if p.fallback == nil {
			p.fallback = c
		}
		return
	}
	if _, taken := p.bySubprotocol[c.Subprotocol]; taken {
		return
	}
	if p.bySubprotocol == nil {
		p.bySubprotocol = make(map[string]*Choice)
	}
	p.bySubprotocol[c.Subprotocol] = c
}
