package policy

import "fmt"

const (
	// anyOrigin in a list lets every origin in.
	anyOrigin = "*"
	// nullOrigin is what a browser sends for a page that has no origin it may
	// tell: sandboxed frames, data: URLs, some redirects (RFC 6454 7.3).
	nullOrigin = "null"
)

// Origins are the web origins that may open a session beside a request's own.
// The zero value is none. It may be read from any goroutine.
type Origins struct {
	any, null bool
	listed    map[origin]struct{}
}

// add lists one origin: "*", "null" or a serialised origin.
func (o *Origins) add(s string) error {
	switch s {
	case anyOrigin:
		o.any = true
		return nil
	case nullOrigin:
		o.null = true
		return nil
	}
	parsed, ok := parseOrigin(s)
	if !ok {
		return fmt.Errorf(`%q: an origin is "scheme://host[:port]" without a path and without wildcards, or "*", or "null"`, s)
	}
	if o.listed == nil {
		o.listed = make(map[origin]struct{})
	}
	o.listed[parsed] = struct{}{}
	return nil
}

// Allow says whether a request may open a session. The request named origin in
// its Origin header (empty: it had none), came over scheme ("ws" or "wss";
// "http" and "https" mean the same) and was sent to authority, "host[:port]".
//
// Without an Origin header the client is no web page, and is let in. A page of
// the request's own origin is let in; others only where they are listed. What
// is no serialised origin (RFC 6454 6.2) is refused, even where "*" is listed.
func (o *Origins) Allow(origin, scheme, authority string) bool {
	switch origin {
	case "":
		return true
	case nullOrigin:
		return o.any || o.null
	}
	from, ok := parseOrigin(origin)
	if !ok {
		return false
	}
	if o.any {
		return true
	}
	if own, ok := ownOrigin(scheme, authority); ok && from == own {
		return true
	}
	_, ok = o.listed[from]
	return ok
}
