package handshake

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxHost is the longest name that DNS can hold, in bytes.
const maxHost = 253

// target is what a request is for.
type target struct {
	host, authority string
	path, rawQuery  string
}

// parseTarget reads the request-target in its origin-form or absolute-form,
// with the value of the Host field.
//
// "The "Request-URI" part of the request MUST match the /resource name/ defined
// in Section 3 (a relative URI) or be an absolute http/https URI" (RFC 6455
// 4.1).
func parseTarget(raw, host string) (target, *Refusal) {
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c > '~' || c == '#' {
			return target{}, refusef(Malformed, "the request target %s has characters that no target may have (RFC 7230 5.3)", quote(raw))
		}
	}
	u, err := url.ParseRequestURI(raw)
	if err != nil {
		return target{}, refusef(Malformed, "the request target %s is not a URI (RFC 7230 5.3)", quote(raw))
	}
	t, refusal := parseAuthority(host)
	if refusal != nil {
		return target{}, refusal
	}
	if u.Scheme != "" {
		if (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Opaque != "" {
			return target{}, refusef(Malformed, "the request target %s is neither a path nor an http URI (RFC 6455 4.1)", quote(raw))
		}
		// "When an origin server receives a request with an absolute-form of
		// request-target, the origin server MUST ignore the received Host header
		// field (if any) and instead use the host information of the
		// request-target" (RFC 9112 3.2.2).
		if t, refusal = parseAuthority(u.Host); refusal != nil {
			return target{}, refusal
		}
		if u.Path == "" {
			u.Path = "/"
		}
	}
	if !plainPath(u.Path) {
		return target{}, refusef(Malformed, "the path of %s must begin with / and have no dot segments and no NUL", quote(raw))
	}
	t.path, t.rawQuery = strings.Clone(u.Path), strings.Clone(u.RawQuery)
	return t, nil
}

// plainPath tells whether path is what it looks like: rooted, with nothing that
// another reader could resolve to a different place.
func plainPath(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.IndexByte(path, 0) >= 0 {
		return false
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// parseAuthority reads host[:port] with the host a DNS name, an IPv4 address or
// an IPv6 address in brackets.
func parseAuthority(raw string) (target, *Refusal) {
	bad := func() (target, *Refusal) {
		return target{}, refusef(Malformed, "%s is not a host with an optional port (RFC 7230 5.4)", quote(raw))
	}
	authority := strings.Clone(strings.ToLower(raw))
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], authority[i+1:]
		if port == "" { // "port = *DIGIT" (RFC 3986 3.2.3)
			authority = host
		} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return bad()
		}
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		if !ok || err != nil || !address.Is6() || address.Zone() != "" {
			return bad()
		}
		return target{host: inner, authority: authority}, nil
	}
	// A name that ends with a dot is the same name, spelled out.
	host = strings.TrimSuffix(host, ".")
	if !validHost(host) {
		return bad()
	}
	return target{host: host, authority: authority}, nil
}

// validHost tells whether host, in lower case, could be a DNS name or an IPv4
// address. The underscore is no letter of host names, but of many in use.
func validHost(host string) bool {
	if host == "" || len(host) > maxHost {
		return false
	}
	before := byte('.')
	for i := range len(host) {
		c := host[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
		case c == '.' && before != '.':
		default:
			return false
		}
		before = c
	}
	return before != '.'
}
