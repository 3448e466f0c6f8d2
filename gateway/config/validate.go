package config

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/netip"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	maxPort   = 65535
	maxWeight = 1_000_000
	// A header must fit in memory many times over, and a real one in the least.
	minHeaderBytes = 1 << 10
	maxHeaderBytes = 1 << 20
)

// Validate says everything that is wrong with s, joined, or nil. Each error
// names the object, the field, the value and the rule; none shows a key.
//
// A snapshot that is valid can be served: its names are unique, what it refers
// to is there, its certificates parse and match their keys. What only the host
// knows, as whether a port is free, is not looked at.
func Validate(s *Snapshot) error {
	f := new(faults)
	listeners := checkListeners(f, s.GetListeners())
	services := checkServices(f, s.GetServices())
	seen := make(map[string]bool, len(s.GetRoutes()))
	for _, r := range s.GetRoutes() {
		f.at("route", r.GetName())
		checkName(f, seen, r.GetName())
		checkRoute(f, r, listeners, services)
	}
	return f.err()
}

func checkName(f *faults, seen map[string]bool, name string) {
	if name == "" {
		f.add("name", name, "want one")
		return
	}
	f.once(seen, "name", name)
}

// socket is what listeners may share when their hostnames differ.
type socket struct {
	address string
	port    uint32
}

func checkListeners(f *faults, all []*Listener) (names map[string]bool) {
	names = make(map[string]bool, len(all))
	type place struct {
		socket
		hostname string
	}
	places := make(map[place]string, len(all))
	first := make(map[socket]*Listener, len(all))
	for _, l := range all {
		f.at("listener", l.GetName())
		checkName(f, names, l.GetName())
		checkListener(f, l)
		at := socket{l.GetAddress(), l.GetPort()}
		if other, ok := places[place{at, l.GetHostname()}]; ok {
			f.add("hostname", l.GetHostname(), fmt.Sprintf("listener %q has it already on port %d", other, l.GetPort()))
		}
		places[place{at, l.GetHostname()}] = l.GetName()
		if other := first[at]; other == nil {
			first[at] = l
		} else if (other.GetTls() == nil) != (l.GetTls() == nil) {
			f.add("port", l.GetPort(), fmt.Sprintf("listener %q shares it, and only one of them has TLS", other.GetName()))
		}
	}
	return names
}

func checkListener(f *faults, l *Listener) {
	if a := l.GetAddress(); a != "" {
		if _, err := netip.ParseAddr(a); err != nil {
			f.add("address", a, "want an IP address, or none for all")
		}
	}
	checkPort(f, "port", l.GetPort())
	if h := l.GetHostname(); h != "" {
		f.check("hostname", h, CheckHostname(h))
	}
	if t := l.GetTls(); t != nil {
		checkTLS(f, t)
	}
	checkDuration(f, "handshake_timeout", l.GetHandshakeTimeout(), true)
	if n := l.GetMaxHeaderBytes(); n != 0 && (n < minHeaderBytes || n > maxHeaderBytes) {
		f.add("max_header_bytes", n, fmt.Sprintf("want 0, or %d to %d", minHeaderBytes, maxHeaderBytes))
	}
}

func checkTLS(f *faults, t *TLS) {
	if len(t.GetCertificates()) == 0 {
		f.add("tls.certificates", none, "want at least one")
	}
	for _, c := range t.GetCertificates() {
		if _, err := tls.X509KeyPair(c.GetChain(), c.GetKey()); err != nil {
			f.add("tls.certificates", c.GetName(), err.Error())
		}
	}
	if v := t.GetClientValidation(); v != nil && !x509.NewCertPool().AppendCertsFromPEM(v.GetAuthorities()) {
		f.add("tls.client_validation.authorities", summary(fmt.Sprintf("(%d bytes)", len(v.GetAuthorities()))), "want PEM with at least one certificate")
	}
}

func isPort(n uint32) bool { return n >= 1 && n <= maxPort }

func checkPort(f *faults, field string, port uint32) {
	if !isPort(port) {
		f.add(field, port, fmt.Sprintf("want 1 to %d", maxPort))
	}
}

// checkDuration allows zero, "never", unless it must be positive.
func checkDuration(f *faults, field string, d *durationpb.Duration, positive bool) {
	switch {
	case d == nil:
	case d.CheckValid() != nil:
		f.add(field, d, "want a duration of protobuf's range")
	case d.AsDuration() < 0:
		f.add(field, d.AsDuration(), "want no less than 0s")
	case d.AsDuration() == time.Duration(0) && positive:
		f.add(field, d.AsDuration(), "want more than 0s")
	}
}
