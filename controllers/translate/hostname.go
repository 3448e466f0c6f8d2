package translate

import (
	"slices"
	"strings"
)

// intersect is the hostnames at which a route answers on a listener: each of
// the route's with the listener's. Empty is any host. Not ok: they have none in
// common.
//
// "*.example.com" covers every name that ends in ".example.com", however many
// labels stand before it, but not "example.com".
func intersect(listener string, route []string) (common []string, ok bool) {
	if listener == "" {
		return route, true
	}
	if len(route) == 0 {
		return []string{listener}, true
	}
	for _, r := range route {
		switch {
		case covers(listener, r):
			common = append(common, r)
		case covers(r, listener) && !slices.Contains(common, listener):
			common = append(common, listener)
		}
	}
	return common, len(common) > 0
}

// covers says whether every host that narrow matches is one that wide matches.
func covers(wide, narrow string) bool {
	if wide == narrow {
		return true
	}
	suffix, ok := strings.CutPrefix(wide, "*")
	return ok && strings.HasSuffix(strings.TrimPrefix(narrow, "*"), suffix)
}
