package translate_test

import (
	"bytes"
	"fmt"

	"switchyard.dev/gateway/config"
)

// compact is a snapshot with a line for each of its resources.
func compact(b *bytes.Buffer, s *config.Snapshot) {
	for _, l := range s.Listeners {
		fmt.Fprintf(b, "  - listener %s, port %d", l.Name, l.Port)
		if l.Hostname != "" {
			fmt.Fprintf(b, ", host %s", l.Hostname)
		}
		for _, c := range l.GetTls().GetCertificates() {
			fmt.Fprintf(b, ", certificate %s", c.Name)
		}
		if l.GetTls().GetClientValidation() != nil {
			fmt.Fprint(b, ", clients are checked")
		}
		fmt.Fprintln(b)
	}
	for _, r := range s.Routes {
		compactRoute(b, r)
	}
	for _, v := range s.Services {
		compactService(b, v)
	}
}

func compactRoute(b *bytes.Buffer, r *config.Route) {
	fmt.Fprintf(b, "  - route %s, %s %s\n", r.Name, r.Path.Type, r.Path.Value)
	for _, a := range r.Attachments {
		fmt.Fprintf(b, "    - on %s", a.Listener)
		for _, h := range a.Hostnames {
			fmt.Fprintf(b, ", host %s", h)
		}
		if a.Policy != nil {
			fmt.Fprint(b, ", with a policy")
		}
		fmt.Fprintln(b)
	}
	for _, s := range r.Subprotocols {
		compactTarget(b, s.Name, s.Target)
	}
	if r.Fallback != nil {
		compactTarget(b, "(fallback)", r.Fallback)
	}
}

func compactTarget(b *bytes.Buffer, name string, t *config.Target) {
	fmt.Fprintf(b, "    - %s to", name)
	for _, backend := range t.Backends {
		service := backend.Service
		if service == "" {
			service = "nobody"
		}
		fmt.Fprintf(b, " %s (%d)", service, backend.Weight)
	}
	fmt.Fprintln(b)
}

func compactService(b *bytes.Buffer, s *config.Service) {
	fmt.Fprintf(b, "  - service %s\n", s.Name)
	if t := s.Tls; t != nil {
		authorities := "the system's authorities"
		if len(t.Authorities) > 0 {
			authorities = fmt.Sprintf("%d PEM blocks", bytes.Count(t.Authorities, []byte("BEGIN CERTIFICATE")))
		}
		fmt.Fprintf(b, "    - TLS to %s by %s", t.Hostname, authorities)
		for _, n := range t.SubjectAltNames {
			fmt.Fprintf(b, ", or %s%s", n.GetDns(), n.GetUri())
		}
		fmt.Fprintln(b)
	}
	for _, e := range s.Endpoints {
		fmt.Fprintf(b, "    - %s port %d", e.Address, e.Port)
		if !e.Ready {
			fmt.Fprint(b, ", not ready")
		}
		fmt.Fprintln(b)
	}
}
