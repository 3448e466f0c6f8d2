package translate

import (
	"cmp"
	"slices"

	"switchyard.dev/gateway/config"
)

// serve puts r into the snapshots of the Gateways on whose listeners it is.
func (t *translation) serve(r *route) {
	if len(r.attached) == 0 {
		return
	}
	// A Gateway's listeners stand together: their names begin with its own.
	slices.SortFunc(r.attached, func(a, b attachment) int { return cmp.Compare(a.Listener, b.Listener) })
	r.config.Attachments = make([]*config.Attachment, len(r.attached))
	for i, a := range r.attached {
		r.config.Attachments[i] = a.Attachment
	}
	t.snapshot.Routes = append(t.snapshot.Routes, r.config)
	for from, to := 0, 0; from < len(r.attached); from = to {
		g := r.attached[from].gateway
		for to = from; to < len(r.attached) && r.attached[to].gateway == g; to++ {
		}
		g.snapshot.Routes = append(g.snapshot.Routes, partOf(r.config, from, to))
		g.services = append(g.services, r.services...)
	}
}

// partOf is a route with some of its attachments alone. It shares the rest,
// which nobody writes any more.
func partOf(r *config.Route, from, to int) *config.Route {
	if to-from == len(r.Attachments) {
		return r
	}
	return &config.Route{
		Name: r.Name, Created: r.Created, Path: r.Path, Subprotocols: r.Subprotocols, Fallback: r.Fallback,
		Attachments: r.Attachments[from:to:to],
	}
}

// closeSnapshot sorts what g serves, and gathers the services that its routes
// lead to.
func (g *gateway) closeSnapshot() {
	slices.SortFunc(g.services, func(a, b *service) int { return cmp.Compare(a.id, b.id) })
	for _, s := range slices.Compact(g.services) {
		if s.config != nil {
			s.served = true
			g.snapshot.Services = append(g.snapshot.Services, s.config)
		}
	}
	sortSnapshot(g.snapshot)
}

// closeSnapshot does so for all Gateways together.
func (t *translation) closeSnapshot() {
	for _, s := range t.referred {
		if s.config != nil {
			t.followed = append(t.followed, s.followed())
		}
		if s.served {
			t.snapshot.Services = append(t.snapshot.Services, s.config)
		}
	}
	sortSnapshot(t.snapshot)
}

func sortSnapshot(s *config.Snapshot) {
	slices.SortFunc(s.Services, func(a, b *config.Service) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Listeners, func(a, b *config.Listener) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Routes, func(a, b *config.Route) int { return cmp.Compare(a.Name, b.Name) })
}
