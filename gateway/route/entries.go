package route

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Entry is what one route serves at one place, for people to read.
type Entry struct {
	// Listener is its name; the next three are how it is reached.
	Listener string `json:"listener"`
	// Address is empty for every address of the host.
	Address string `json:"address"`
	Port    uint32 `json:"port"`
	TLS     bool   `json:"tls"`
	// Host is the route's hostname, or the listener's where the route has none:
	// "ws.example.com", "*.example.com", or empty for any host.
	Host string `json:"host"`
	Path string `json:"path"`
	// PathType is "Exact" or "PathPrefix".
	PathType string `json:"pathType"`
	// Subprotocols are those that clients get from this route here, sorted; what
	// an older route took is not among them.
	Subprotocols []string `json:"subprotocols"`
	// Fallback is true where clients may offer no subprotocol.
	Fallback bool   `json:"fallback"`
	Route    string `json:"route"`
	// Services are the names of those behind it, sorted.
	Services []string `json:"services"`
}

// Entries are all that is served, sorted by listener, host, path and route. A
// route that older ones leave nothing to is not there.
func (t *Table) Entries() []Entry {
	var all []Entry
	for _, l := range t.listeners {
		for host, paths := range l.hosts.all() {
			base := Entry{Listener: l.name, Address: l.address, Port: l.port, TLS: l.tls, Host: cmp.Or(host, l.hostname.String())}
			for path, place := range paths.exact {
				base.Path, base.PathType = path, "Exact"
				all = append(all, place.entries(base)...)
			}
			for prefix, place := range paths.prefixes {
				base.Path, base.PathType = cmp.Or(prefix, "/"), "PathPrefix"
				all = append(all, place.entries(base)...)
			}
		}
	}
	slices.SortFunc(all, func(a, b Entry) int {
		return cmp.Or(
			strings.Compare(a.Listener, b.Listener),
			strings.Compare(a.Host, b.Host),
			strings.Compare(a.Path, b.Path),
			strings.Compare(a.PathType, b.PathType),
			strings.Compare(a.Route, b.Route),
		)
	})
	return all
}

// all is every hostname with its paths, in no order.
func (h *hosts) all() iter.Seq2[string, *paths] {
	return func(yield func(string, *paths) bool) {
		for host, p := range h.exact {
			if !yield(host, p) {
				return
			}
		}
		for domain, p := range h.domains {
			if !yield("*"+domain, p) {
				return
			}
		}
		if h.any != nil {
			yield("", h.any)
		}
	}
}

// entries is base once for every route that serves something at p.
func (p *Place) entries(base Entry) []Entry {
	byRoute := make(map[string]*Entry)
	of := func(c *Choice) *Entry {
		e := byRoute[c.Route]
		if e == nil {
			e = &Entry{}
			*e = base
			e.Route, e.Subprotocols, e.Services = c.Route, []string{}, []string{}
			byRoute[c.Route] = e
		}
		e.Services = append(e.Services, c.Target.Services()...)
		return e
	}
	for _, name := range p.Subprotocols() {
		e := of(p.bySubprotocol[name])
		e.Subprotocols = append(e.Subprotocols, name)
	}
	if p.fallback != nil {
		of(p.fallback).Fallback = true
	}
	all := make([]Entry, 0, len(byRoute))
	for _, e := range byRoute {
		slices.Sort(e.Services)
		e.Services = slices.Compact(e.Services)
		all = append(all, *e)
	}
	return all
}
