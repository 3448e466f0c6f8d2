package route

import "strings"

// hosts are the paths of one listener by hostname.
type hosts struct {
	exact map[string]*paths
	// domains are those of wildcards, with their leading dot.
	domains map[string]*paths
	any     *paths
	// longest is the length of the longest of domains.
	longest int
}

// lookup falls through from one hostname to the next less specific one where
// the path does not match: hostnames rank rules that match, they do not hide
// those of others (Gateway API, HTTPRoute hostnames).
func (h *hosts) lookup(host, path string) *Place {
	if p := h.exact[host].lookup(path); p != nil {
		return p
	}
	// The first byte is never the dot of a domain: a label stands before it.
	for rest := tail(host, max(1, len(host)-h.longest)); rest != ""; rest = tail(rest, 1) {
		if p := h.domains[rest].lookup(path); p != nil {
			return p
		}
	}
	return h.any.lookup(path)
}

// tail is host from its first dot at or after from on, or nothing.
func tail(host string, from int) string {
	if from >= len(host) {
		return ""
	}
	dot := strings.IndexByte(host[from:], '.')
	if dot < 0 {
		return ""
	}
	return host[from+dot:]
}

// at is the paths of a hostname, made where there are none.
func (h *hosts) at(p pattern) *paths {
	switch p.kind {
	case exactHost:
		return made(&h.exact, p.name)
	case wildcard:
		h.longest = max(h.longest, len(p.name))
		return made(&h.domains, p.name)
	}
	if h.any == nil {
		h.any = &paths{}
	}
	return h.any
}

func made(m *map[string]*paths, name string) *paths {
	if *m == nil {
		*m = make(map[string]*paths)
	}
	p := (*m)[name]
	if p == nil {
		p = &paths{}
		(*m)[name] = p
	}
	return p
}
