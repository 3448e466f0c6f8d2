package route

import (
	"fmt"
	"strings"
)

// pattern is a hostname as listeners and routes have it: any host, one host, or
// all hosts below a domain.
type pattern struct {
	kind kind
	// name is the host, or the domain with its leading dot.
	name string
}

// kind is ordered: the greater is the more specific.
type kind uint8

const (
	anyHost kind = iota
	wildcard
	exactHost
)

func parsePattern(s string) (pattern, error) {
	if s == "" {
		return pattern{}, nil
	}
	domain, starred := strings.CutPrefix(strings.ToLower(s), "*")
	switch {
	case strings.Contains(domain, "*"), starred && (len(domain) < len(".x") || domain[0] != '.'):
		return pattern{}, fmt.Errorf(`%q: a wildcard is the whole first label, as in "*.example.com"`, s)
	case starred:
		return pattern{kind: wildcard, name: domain}, nil
	}
	return pattern{kind: exactHost, name: domain}, nil
}

// String is the hostname as it is configured.
func (p pattern) String() string {
	if p.kind == wildcard {
		return "*" + p.name
	}
	return p.name
}

// matches: "*.example.com" stands for one or more labels, so it matches
// "a.b.example.com" but not "example.com" (Gateway API, Listener hostname).
func (p pattern) matches(host string) bool {
	switch p.kind {
	case exactHost:
		return host == p.name
	case wildcard:
		return len(host) > len(p.name) && strings.HasSuffix(host, p.name)
	}
	return true
}

// moreSpecific compares two patterns that match the same host: of two wildcards
// the longer has more labels.
func (p pattern) moreSpecific(than pattern) bool {
	if p.kind != than.kind {
		return p.kind > than.kind
	}
	return len(p.name) > len(than.name)
}
