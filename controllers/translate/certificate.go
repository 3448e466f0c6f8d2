package translate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/gateway/config"
)

// terminate gives l its certificates. Without any, or without the authorities
// that its clients must be checked with, l is not served.
func (t *translation) terminate(l *listener) {
	terms := &config.TLS{}
	for i, ref := range l.TLS.CertificateRefs {
		c, found := t.certificate(l, fmt.Sprintf("tls.certificateRefs[%d]", i), ref)
		l.refs.add(found)
		if found != nil {
			continue
		}
		terms.Certificates = append(terms.Certificates, c.config)
		if c.warning != nil {
			l.warn(c.warning)
		}
	}
	sound := t.checkClients(l, terms)
	if len(terms.Certificates) > 0 && sound {
		l.tls = terms
	}
}

func (t *translation) certificate(l *listener, field string, ref gatewayv1.SecretObjectReference) (*keyPair, *problem) {
	name := types.NamespacedName{Namespace: l.gateway.Namespace, Name: string(ref.Name)}
	if ref.Namespace != nil {
		name.Namespace = string(*ref.Namespace)
	}
	invalid := func(what string) *problem {
		return &problem{string(gatewayv1.ListenerReasonInvalidCertificateRef), field + ": " + what}
	}
	if ref.Group != nil && *ref.Group != "" || ref.Kind != nil && *ref.Kind != kindSecret {
		return nil, invalid("want a Secret of the core group")
	}
	if found := t.permitted(fromGateway(l, kindSecret, name)); found != nil {
		return nil, found
	}
	c := t.keyPair(name)
	if c.wrong != "" {
		return nil, invalid(c.wrong)
	}
	return c, nil
}

// checkClients adds the authorities of clients' certificates, where the Gateway
// asks for certificates. Not sound: it does, and none of the authorities is there.
func (t *translation) checkClients(l *listener, terms *config.TLS) (sound bool) {
	v := validationFor(l.gateway, l.Port)
	if v == nil {
		return true
	}
	var authorities []byte
	for i, ref := range v.CACertificateRefs {
		pem, found := t.authorities(l, fmt.Sprintf("spec.tls.frontend: caCertificateRefs[%d]", i), ref)
		l.refs.add(found)
		authorities = append(authorities, pem...)
	}
	if len(authorities) == 0 {
		l.accepted.add(&problem{string(gatewayv1.ListenerReasonNoValidCACertificate),
			"spec.tls.frontend asks for clients' certificates and none of its caCertificateRefs can be used"})
		return false
	}
	terms.ClientValidation = &config.ClientValidation{Authorities: authorities, Optional: v.Mode == gatewayv1.AllowInsecureFallback}
	return true
}

// validationFor is how a Gateway checks clients of a port, nil: not at all.
func validationFor(g *gateway, port gatewayv1.PortNumber) *gatewayv1.FrontendTLSValidation {
	if g.Spec.TLS == nil || g.Spec.TLS.Frontend == nil {
		return nil
	}
	for _, p := range g.Spec.TLS.Frontend.PerPort {
		if p.Port == port {
			return p.TLS.Validation
		}
	}
	return g.Spec.TLS.Frontend.Default.Validation
}

func (t *translation) authorities(l *listener, field string, ref gatewayv1.ObjectReference) ([]byte, *problem) {
	name := types.NamespacedName{Namespace: l.gateway.Namespace, Name: string(ref.Name)}
	if ref.Namespace != nil {
		name.Namespace = string(*ref.Namespace)
	}
	if ref.Group != "" || ref.Kind != kindConfigMap {
		return nil, &problem{string(gatewayv1.ListenerReasonInvalidCACertificateKind), field + ": want a ConfigMap of the core group"}
	}
	if found := t.permitted(fromGateway(l, kindConfigMap, name)); found != nil {
		return nil, found
	}
	b := t.bundle(name)
	if b.wrong != "" {
		return nil, &problem{string(gatewayv1.ListenerReasonInvalidCACertificateRef), field + ": " + b.wrong}
	}
	return b.pem, nil
}

func fromGateway(l *listener, kind string, to types.NamespacedName) reference {
	return reference{
		fromGroup: gatewayv1.GroupName, fromKind: kindGateway, fromNamespace: l.gateway.Namespace,
		toKind: kind, toNamespace: to.Namespace, toName: to.Name,
	}
}
