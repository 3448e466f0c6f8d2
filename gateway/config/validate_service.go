package config

import (
	"crypto/x509"
	"fmt"
)

func checkServices(f *faults, all []*Service) (names map[string]bool) {
	names = make(map[string]bool, len(all))
	for _, s := range all {
		f.at("service", s.GetName())
		checkName(f, names, s.GetName())
		for i, e := range s.GetEndpoints() {
			checkEndpoint(f, i, e)
		}
		if t := s.GetTls(); t != nil {
			checkBackendTLS(f, t)
		}
	}
	return names
}

// checkEndpoint spells no field's name before there is a fault: endpoints are
// many, and all are checked when one has changed.
func checkEndpoint(f *faults, i int, e *Endpoint) {
	if err := CheckAddress(e.GetAddress()); err != nil {
		f.add(fmt.Sprintf("endpoints[%d].address", i), e.GetAddress(), err.Error())
	}
	if !isPort(e.GetPort()) {
		checkPort(f, fmt.Sprintf("endpoints[%d].port", i), e.GetPort())
	}
}

func checkBackendTLS(f *faults, t *BackendTLS) {
	f.check("tls.hostname", t.GetHostname(), CheckServerName(t.GetHostname()))
	if pem := t.GetAuthorities(); len(pem) > 0 && !x509.NewCertPool().AppendCertsFromPEM(pem) {
		f.add("tls.authorities", summary(fmt.Sprintf("(%d bytes)", len(pem))), "want PEM with at least one certificate, or none for the system's")
	}
	for i, n := range t.GetSubjectAltNames() {
		field := fmt.Sprintf("tls.subject_alt_names[%d]", i)
		switch kind := n.GetKind().(type) {
		case *SubjectAltName_Dns:
			f.check(field+".dns", kind.Dns, CheckHostname(kind.Dns))
		case *SubjectAltName_Uri:
			f.check(field+".uri", kind.Uri, CheckURI(kind.Uri))
		default:
			f.add(field, summary("(none)"), "want a dns or a uri")
		}
	}
}
