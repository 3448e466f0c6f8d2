package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// The rules below are for names that come from people. Each answers nil, or an
// error that is the rule alone: the caller knows object, field and value.
var (
	errHostname = errors.New(`want a lower-case DNS name, with at most one "*." in front`)
	errToken    = errors.New("want an RFC 7230 token: letters, digits and !#$%&'*+-.^_`|~")
	errOrigin   = errors.New(`want scheme://host or scheme://host:port in lower case, without the scheme's own port, or "*"`)
	errPath     = errors.New(`want a path that begins with "/", without query or fragment`)
	errAddress  = errors.New("want an IP address or a DNS name")
	errServer   = errors.New("want a lower-case DNS name, without a wildcard")
	errURI      = errors.New("want an absolute URI, such as spiffe://example.com/service")
)

// A DNS name and a label of it (RFC 1035 2.3.4).
const (
	maxHostname = 253
	maxLabel    = 63
)

// CheckHostname checks a host that requests are matched with: a lower-case DNS
// name, or a wildcard such as "*.example.com". An IP address is none.
func CheckHostname(s string) error {
	if _, err := netip.ParseAddr(s); err == nil || !dnsName(strings.TrimPrefix(s, "*.")) {
		return errHostname
	}
	return nil
}

// CheckServerName checks a name that a server is asked for in SNI: a host as
// above, but exactly one (RFC 6066 3).
func CheckServerName(s string) error {
	if strings.HasPrefix(s, "*") || CheckHostname(s) != nil {
		return errServer
	}
	return nil
}

// CheckURI checks the URI of a subject alternative name. It "MUST NOT be a
// relative URI" and has "both a scheme (e.g., "http" or "ftp") and a
// scheme-specific-part" (RFC 5280 4.2.1.6).
func CheckURI(s string) error {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return errURI
		}
	}
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() || u.Host == "" && u.Path == "" && u.Opaque == "" {
		return errURI
	}
	return nil
}

// CheckToken checks the name of a subprotocol (RFC 6455 11.5, RFC 7230 3.2.6).
func CheckToken(s string) error {
	if s == "" {
		return errToken
	}
	for i := range len(s) {
		if !tokenByte(s[i]) {
			return errToken
		}
	}
	return nil
}

// CheckOrigin checks a web origin as browsers send it (RFC 6454 6.2), or "*".
func CheckOrigin(s string) error {
	if s == "*" {
		return nil
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !schemeName(scheme) {
		return errOrigin
	}
	host, port := splitPort(rest)
	if port != "" && !originPort(scheme, port) {
		return errOrigin
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		if !ok || err != nil || !addr.Is6() || addr.Zone() != "" || addr.String() != inner {
			return errOrigin
		}
		return nil
	}
	if !dnsName(host) {
		return errOrigin
	}
	return nil
}

// CheckPath checks a path that requests are matched with.
func CheckPath(s string) error {
	if !strings.HasPrefix(s, "/") || strings.ContainsAny(s, "?# ") {
		return errPath
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return errPath
		}
	}
	return nil
}

// CheckAddress checks an endpoint's address: an IP address or a DNS name.
func CheckAddress(s string) error {
	if _, err := netip.ParseAddr(s); err == nil {
		return nil
	}
	if !dnsName(strings.ToLower(strings.TrimSuffix(s, "."))) {
		return errAddress
	}
	return nil
}

// dnsName allows "_", which is in use though RFC 1035 has none.
func dnsName(s string) bool {
	if s == "" || len(s) > maxHostname {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !lowerByte(label[i]) && !digitByte(label[i]) && label[i] != '-' && label[i] != '_' {
				return false
			}
		}
	}
	return true
}

// schemeName is RFC 3986 3.1, in lower case.
func schemeName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !lowerByte(c) && (i == 0 || !digitByte(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

// splitPort cuts "host:port" or "[v6]:port". Without a port, port is empty; an
// empty port after the colon stays with the host, which then is malformed.
func splitPort(s string) (host, port string) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || i == len(s)-1 || strings.HasSuffix(s, "]") {
		return s, ""
	}
	return s[:i], s[i+1:]
}

// originPort says whether a browser would write port: "If the port part of the
// origin triple is different from the default port" (RFC 6454 6.2).
func originPort(scheme, port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
		return false
	}
	switch scheme {
	case "http", "ws":
		return n != 80
	case "https", "wss":
		return n != 443
	}
	return true
}

func tokenByte(c byte) bool {
	return lowerByte(c) || 'A' <= c && c <= 'Z' || digitByte(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func lowerByte(c byte) bool { return 'a' <= c && c <= 'z' }

func digitByte(c byte) bool { return '0' <= c && c <= '9' }
