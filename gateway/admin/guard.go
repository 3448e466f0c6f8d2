package admin

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// headers go with every answer. Nothing here is to be framed, cached or run.
var headers = map[string]string{
	"Cache-Control": "no-store",
	// The index and the profiles' page bring styles of their own.
	"Content-Security-Policy":      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
}

// guard keeps web pages out. A page cannot read another origin's answers, but it
// can let its own name resolve to 127.0.0.1 and become the same origin (DNS
// rebinding); then its requests carry that name. And it can ask without reading
// the answer, for a profile again and again; browsers tell (Fetch Metadata).
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		switch {
		case overLoopback(r) && !isLocalName(r.Host):
			text(w, http.StatusForbidden, "on loopback this is served to localhost and IP addresses, not to other host names")
		case r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate":
			text(w, http.StatusForbidden, "this is not served to other sites' pages")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// inside keeps next from the network, whatever address the listener is bound to:
// nobody proves here who they are. Who may come in over loopback has the host, or
// has been let through to it, as kubectl port-forward lets those who may.
func inside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !overLoopback(r) {
			text(w, http.StatusForbidden, "this is shown over loopback alone; over the network are /healthz, /readyz and /metrics")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// overLoopback tells whether r came in over a loopback address, whatever address
// the listener is bound to.
func overLoopback(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && local.IP.IsLoopback()
}

// isLocalName tells whether a Host header is one that no page can make its own.
// HTTP/1.0 knows no Host, browsers always send one.
func isLocalName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" || strings.EqualFold(host, "localhost") {
		return true
	}
	_, err = netip.ParseAddr(host)
	return err == nil
}
