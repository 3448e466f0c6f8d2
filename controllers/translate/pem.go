package translate

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/gateway/config"
)

// AuthoritiesKey is the key of a ConfigMap under which the Gateway API expects
// the certificates of authorities.
const AuthoritiesKey = "ca.crt"

// soon is how long before its end a certificate is warned of.
const soon = 7 * 24 * time.Hour

// The reasons of warnings.
const (
	certificateExpired     = "CertificateExpired"
	certificateNotYetValid = "CertificateNotYetValid"
	certificateExpiresSoon = "CertificateExpiresSoon"
)

// keyPair is the certificate in a Secret, or what is wrong with it.
type keyPair struct {
	config  *config.Certificate
	warning *problem
	wrong   string
}

// keyPair reads a Secret, once for all who name it.
func (t *translation) keyPair(name types.NamespacedName) *keyPair {
	c, ok := t.keyPairs[name]
	if !ok {
		c = t.readKeyPair(name)
		t.keyPairs[name] = c
	}
	return c
}

func (t *translation) readKeyPair(name types.NamespacedName) *keyPair {
	secret, ok := t.secrets[name]
	if !ok {
		return &keyPair{wrong: fmt.Sprintf("there is no Secret %s: create it with `kubectl create secret tls`", name)}
	}
	chain, key := secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey]
	if len(chain) == 0 || len(key) == 0 {
		return &keyPair{wrong: fmt.Sprintf("Secret %s needs %s and %s", name, corev1.TLSCertKey, corev1.TLSPrivateKeyKey)}
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return &keyPair{wrong: fmt.Sprintf("Secret %s: %v", name, err)}
	}
	return &keyPair{
		config:  &config.Certificate{Name: name.String(), Chain: chain, Key: key},
		warning: outOfTime(name, pair.Leaf, t.now),
	}
}

// outOfTime is a warning, not a refusal: clients may be of another opinion, and
// the certificate before may be worse. The text does not change as time passes.
func outOfTime(secret types.NamespacedName, leaf *x509.Certificate, now time.Time) *problem {
	if now.IsZero() || leaf == nil {
		return nil
	}
	warn := func(reason, word string, at time.Time, advice string) *problem {
		return &problem{reason, fmt.Sprintf("the certificate in Secret %s %s %s: %s", secret, word, at.UTC().Format(time.RFC3339), advice)}
	}
	switch {
	case now.After(leaf.NotAfter):
		return warn(certificateExpired, "expired at", leaf.NotAfter, "renew it")
	case now.Before(leaf.NotBefore):
		return warn(certificateNotYetValid, "is not valid before", leaf.NotBefore, "clients refuse it until then")
	case now.Add(soon).After(leaf.NotAfter):
		return warn(certificateExpiresSoon, "expires at", leaf.NotAfter, "renew it")
	}
	return nil
}

// bundle is the authorities in a ConfigMap, or what is wrong with them.
type bundle struct {
	pem   []byte
	wrong string
}

// bundle reads a ConfigMap, once for all who name it.
func (t *translation) bundle(name types.NamespacedName) *bundle {
	b, ok := t.bundles[name]
	if !ok {
		b = t.readBundle(name)
		t.bundles[name] = b
	}
	return b
}

func (t *translation) readBundle(name types.NamespacedName) *bundle {
	m, ok := t.configMaps[name]
	if !ok {
		return &bundle{wrong: fmt.Sprintf("there is no ConfigMap %s: create it", name)}
	}
	// Another's may follow, on a line of its own.
	pem := []byte(m.Data[AuthoritiesKey] + "\n")
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return &bundle{wrong: fmt.Sprintf("ConfigMap %s needs PEM certificates under %s", name, AuthoritiesKey)}
	}
	return &bundle{pem: pem}
}
