package console

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// FromLoopback reports whether r comes from the gateway's own host and was
// addressed to it by an IP address or as localhost.
//
// The second half is against DNS rebinding: a foreign page may have its own
// name resolve to 127.0.0.1 and then read the answers as its own, but its
// requests still carry that name in Host. An IP address cannot be rebound.
//
// A reverse proxy on the same host makes every client look local. Where one
// stands before the gateway, use an Allow of your own.
func FromLoopback(r *http.Request) bool {
	client, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && client.Addr().Unmap().IsLoopback() && unbound(r.Host)
}

// unbound reports whether host, as a Host header, is no name that somebody
// else's DNS could answer for (RFC 6761 6.3: localhost is never looked up).
func unbound(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}
