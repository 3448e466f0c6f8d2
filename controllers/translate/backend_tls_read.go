package translate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/gateway/config"
)

// readBackendTLS reads what a policy asks for, or says everything that is wrong
// with it.
func (t *translation) readBackendTLS(p *backendPolicy) {
	r := reading{}
	spec := &p.Spec.Validation
	terms := &config.BackendTLS{
		Hostname:        r.serverName(spec.Hostname),
		SubjectAltNames: r.subjectAltNames(spec.SubjectAltNames),
	}
	system := r.wellKnown(spec)
	p.accepted = r.problems
	if !system && len(spec.CACertificateRefs) > 0 {
		terms.Authorities = t.backendAuthorities(p)
	}
	if len(p.accepted) == 0 {
		p.terms = terms
	}
}

func (r *reading) serverName(name gatewayv1.PreciseHostname) string {
	if err := config.CheckServerName(string(name)); err != nil {
		r.wrong("validation.hostname", fmt.Sprintf("%q", name), err.Error())
	}
	return string(name)
}

func (r *reading) subjectAltNames(all []gatewayv1.SubjectAltName) []*config.SubjectAltName {
	var out []*config.SubjectAltName
	for i, n := range all {
		field := fmt.Sprintf("validation.subjectAltNames[%d]", i)
		switch n.Type {
		case gatewayv1.HostnameSubjectAltNameType:
			if err := config.CheckHostname(string(n.Hostname)); err != nil {
				r.wrong(field+".hostname", fmt.Sprintf("%q", n.Hostname), err.Error())
			}
			out = append(out, &config.SubjectAltName{Kind: &config.SubjectAltName_Dns{Dns: string(n.Hostname)}})
		case gatewayv1.URISubjectAltNameType:
			if err := config.CheckURI(string(n.URI)); err != nil {
				r.wrong(field+".uri", fmt.Sprintf("%q", n.URI), err.Error())
			}
			out = append(out, &config.SubjectAltName{Kind: &config.SubjectAltName_Uri{Uri: string(n.URI)}})
		default:
			r.wrong(field+".type", fmt.Sprintf("%q", n.Type), "want Hostname or URI")
		}
	}
	return out
}

// wellKnown says whether the authorities are to be the gateway's system's.
func (r *reading) wellKnown(spec *gatewayv1.BackendTLSPolicyValidation) bool {
	name := deref(spec.WellKnownCACertificates, "")
	switch {
	case name != "" && name != gatewayv1.WellKnownCACertificatesSystem:
		r.wrong("validation.wellKnownCACertificates", fmt.Sprintf("%q", name), "want System")
	case name != "" && len(spec.CACertificateRefs) > 0:
		r.wrong("validation.wellKnownCACertificates", fmt.Sprintf("%q", name), "it and caCertificateRefs exclude each other: leave one out")
	case name == "" && len(spec.CACertificateRefs) == 0:
		r.wrong("validation.caCertificateRefs", "[]", "want the ConfigMap of an authority, or wellKnownCACertificates: System")
	}
	return name != ""
}

// backendAuthorities are those of p's references that can be used, all of p's
// own namespace. "If ALL CACertificateRefs are invalid, the implementation MUST
// also ensure the `Accepted` Condition [...] is set to `status: False`".
func (t *translation) backendAuthorities(p *backendPolicy) (authorities []byte) {
	for i, ref := range p.Spec.Validation.CACertificateRefs {
		field := fmt.Sprintf("spec.validation.caCertificateRefs[%d]: ", i)
		if ref.Group != "" || ref.Kind != kindConfigMap {
			p.refs.add(&problem{string(gatewayv1.BackendTLSPolicyReasonInvalidKind), field + "want a ConfigMap of the core group"})
			continue
		}
		b := t.bundle(types.NamespacedName{Namespace: p.Namespace, Name: string(ref.Name)})
		if b.wrong != "" {
			p.refs.add(&problem{string(gatewayv1.BackendTLSPolicyReasonInvalidCACertificateRef), field + b.wrong})
			continue
		}
		authorities = append(authorities, b.pem...)
	}
	if len(authorities) == 0 {
		p.accepted.add(&problem{string(gatewayv1.BackendTLSPolicyReasonNoValidCACertificate),
			"none of spec.validation.caCertificateRefs can be used: " + p.refs[0].message})
	}
	return authorities
}
