package policy

import (
	"net/netip"
	"strings"
)

// origin is a web origin, normalised so that two are the same origin if and
// only if they are equal (RFC 6454 5).
type origin struct {
	// scheme and host are lower case; an IPv6 host has its brackets.
	scheme, host string
	// port is the scheme's default where none is written; zero where the scheme
	// has no default.
	port uint16
}

// parseOrigin reads a serialised origin, scheme "://" host [":" port]. There is
// no place in it for a path, a query, user information or several origins, so
// anything of that kind is malformed rather than skipped.
func parseOrigin(s string) (origin, bool) {
	scheme, authority, ok := strings.Cut(s, "://")
	if !ok || !validScheme(scheme) {
		return origin{}, false
	}
	scheme = strings.ToLower(scheme)
	// Pages of an application's own files have an origin such as "file://".
	if authority == "" && defaultPort(scheme) == 0 {
		return origin{scheme: scheme}, true
	}
	return withAuthority(scheme, authority)
}

// ownOrigin is the origin of a page that was loaded from where a WebSocket
// request went: RFC 6455 does not change host and port between the two, and the
// schemes correspond.
func ownOrigin(scheme, authority string) (origin, bool) {
	switch scheme {
	case "ws", "http":
		return withAuthority("http", authority)
	case "wss", "https":
		return withAuthority("https", authority)
	}
	return origin{}, false
}

func withAuthority(scheme, authority string) (origin, bool) {
	host, rest, ok := cutHost(authority)
	if !ok {
		return origin{}, false
	}
	o := origin{scheme: scheme, host: host, port: defaultPort(scheme)}
	if rest != "" {
		if o.port, ok = parsePort(rest); !ok {
			return origin{}, false
		}
	}
	return o, true
}

// cutHost splits an authority into its host, normalised, and what follows:
// nothing, or a colon and a port.
func cutHost(authority string) (host, rest string, ok bool) {
	if strings.HasPrefix(authority, "[") {
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return "", "", false
		}
		addr, err := netip.ParseAddr(authority[1:end])
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", "", false
		}
		return "[" + addr.String() + "]", authority[end+1:], true
	}
	n := 0
	for n < len(authority) && hostByte(authority[n]) {
		n++
	}
	if n == 0 {
		return "", "", false
	}
	return strings.ToLower(authority[:n]), authority[n:], true
}

// parsePort reads ":" and a port in its one shortest form.
func parsePort(s string) (uint16, bool) {
	const longest = len(":65535")
	if len(s) < 2 || len(s) > longest || s[0] != ':' || s[1] == '0' {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s[1:]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return uint16(n), n <= 65535
}

func defaultPort(scheme string) uint16 {
	switch scheme {
	case "http", "ws":
		return 80
	case "https", "wss":
		return 443
	}
	return 0
}

// validScheme is RFC 3986 3.1: a letter, then letters, digits, "+", "-", ".".
func validScheme(s string) bool {
	for i, c := range []byte(s) {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return s != ""
}

// hostByte is RFC 3986's unreserved: what a registered name or an IPv4 address
// consists of once it is in ASCII form, which an origin's host is (RFC 6454 4).
func hostByte(c byte) bool {
	switch {
	case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9':
		return true
	}
	return c == '-' || c == '.' || c == '_' || c == '~'
}
