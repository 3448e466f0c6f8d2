package translate

import (
	"cmp"
	"fmt"
	"strings"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// conflicted is the reason where an older route has what another claims.
const conflicted = "Conflicted"

// spot is a path of a host of a listener: what routes may claim parts of. The
// gateway's table goes by the same.
type spot struct {
	listener *listener
	hostname string
	exact    bool
	path     string
}

// offer is what one route alone serves at a spot: a subprotocol or, empty, the
// fallback.
type offer struct {
	spot
	subprotocol string
}

// taken says whose the offers of a spot are. Most spots have one route, which
// then is first and has all it offers; byOffer is made for the second.
type taken struct {
	first   *route
	byOffer map[string]*route
}

// loss is what a route may not serve because others had it before.
type loss struct {
	claims, lost int
	// first is the first of them, winner whose it is.
	first  offer
	winner *route
	older  bool
}

// claim takes for r everything it offers on the listeners that is free: routes
// come in order of precedence.
func (t *translation) claim(r *route, on []reached) (all loss) {
	for i := range on {
		at := spot{listener: on[i].listener, path: r.config.Path.Value, exact: r.config.Path.Type == config.PathMatch_EXACT}
		if !at.exact {
			// "When specified, a trailing `/` is ignored" (Gateway API, PathPrefix).
			at.path = strings.TrimSuffix(at.path, "/")
		}
		if len(on[i].hostnames) == 0 {
			t.claimSpot(r, at, &all)
		}
		for _, at.hostname = range on[i].hostnames {
			t.claimSpot(r, at, &all)
		}
	}
	return all
}

func (t *translation) claimSpot(r *route, at spot, all *loss) {
	all.claims += r.offers()
	spot := t.spots[at]
	switch {
	case spot == nil:
		t.spots[at] = &taken{first: r}
		return
	case spot.first == r:
		return
	case spot.byOffer == nil:
		spot.byOffer = make(map[string]*route)
		spot.give(spot.first, at, nil)
	}
	spot.give(r, at, all)
}

// give lets r have what nobody has, and counts the rest in all.
func (s *taken) give(r *route, at spot, all *loss) {
	for _, o := range r.config.Subprotocols {
		s.giveOne(r, offer{at, o.Name}, all)
	}
	if r.config.Fallback != nil {
		s.giveOne(r, offer{at, ""}, all)
	}
}

func (s *taken) giveOne(r *route, o offer, all *loss) {
	winner := s.byOffer[o.subprotocol]
	switch {
	case winner == nil:
		s.byOffer[o.subprotocol] = r
	case winner != r:
		if all.lost == 0 {
			all.first, all.winner, all.older = o, winner, born(winner).Before(born(r))
		}
		all.lost++
	}
}

// offers is how many r makes at every spot.
func (r *route) offers() int {
	n := len(r.config.Subprotocols)
	if r.config.Fallback != nil {
		n++
	}
	return n
}

// ofAll is a problem if there is nothing left.
func (l *loss) ofAll() *problem {
	if l.lost == 0 || l.lost < l.claims {
		return nil
	}
	return &problem{conflicted, l.String()}
}

// ofSome is a problem if there is something left. "The message for this
// condition MUST start with the prefix "Dropped Rule"" (PartiallyInvalid).
func (l *loss) ofSome() *problem {
	if l.lost == 0 || l.lost == l.claims {
		return nil
	}
	return &problem{conflicted, "Dropped Rule: " + l.String()}
}

func (l *loss) String() string {
	why := "comes first by name"
	if l.older {
		why = "is older"
	}
	return fmt.Sprintf("lost %d of %d claims: %s is served by %s %s, which %s: change the host, the path or the subprotocol, or delete one of the two",
		l.lost, l.claims, &l.first, v1alpha1.KindWebSocketRoute, l.winner.name, why)
}

func (o *offer) String() string {
	what, host, path := "the fallback", "any host", "PathPrefix "+cmp.Or(o.path, rootPath)
	if o.subprotocol != "" {
		what = fmt.Sprintf("subprotocol %q", o.subprotocol)
	}
	if o.hostname != "" {
		host = "host " + o.hostname
	}
	if o.exact {
		path = "Exact " + o.path
	}
	return fmt.Sprintf("%s of %s and %s on listener %s", what, host, path, o.listener.name)
}
