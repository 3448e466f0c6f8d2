package route

import (
	"strings"
)

// Table is every place that is served, by listener, host and path. It does not
// change after Compile and may be used from any goroutine.
type Table struct {
	listeners map[string]*listener
}

// listener is one config.Listener with its hosts.
type listener struct {
	name, address string
	port          uint32
	tls           bool
	hostname      pattern
	hosts         hosts
}

// Lookup finds the place for a request that arrived at one of listeners, which
// share a port, for host, in lower case and without port or brackets, and path,
// without query.
//
// Of the listeners the one whose hostname matches host most specifically takes
// the request, alone: what is not attached to it is not served (Gateway API,
// Listener hostname). Within it the most specific hostname that has a matching
// path wins, and for that hostname an Exact path before the longest PathPrefix.
//
// It does not allocate, and its cost does not grow with the number of routes,
// nor with the length of host and path beyond what the routes themselves use.
func (t *Table) Lookup(listeners []string, host, path string) (*Place, bool) {
	// A single dot at the end says that a name is whole (RFC 3986 3.2.2).
	host = strings.TrimSuffix(host, ".")
	l := t.listener(listeners, host)
	if l == nil {
		return nil, false
	}
	p := l.hosts.lookup(host, path)
	return p, p != nil
}

// listener is the one among names that is most specific for host, the first
// where two are equally so; nil where none matches. Names that the table does
// not know are passed over: a port may change before its routes do.
func (t *Table) listener(names []string, host string) *listener {
	var best *listener
	for _, name := range names {
		l := t.listeners[name]
		if l == nil || !l.hostname.matches(host) {
			continue
		}
		if best == nil || l.hostname.moreSpecific(best.hostname) {
			best = l
		}
	}
	return best
}
