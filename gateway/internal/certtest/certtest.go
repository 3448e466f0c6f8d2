// Package certtest makes certificates for tests: as PEM, as the configuration
// carries them.
package certtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"testing"
	"time"
)

// lifetime is longer than any test, on either side of now.
const lifetime = time.Hour

// New is a certificate for names, which are DNS names, IP addresses or URIs,
// signed by itself. Its chain is also what a client must trust.
func New(t testing.TB, names ...string) (chain, key []byte) {
	t.Helper()
	return issue(t, template(names, time.Now().Add(lifetime)), nil)
}

// Expired is New's for a time that has passed.
func Expired(t testing.TB, names ...string) (chain, key []byte) {
	t.Helper()
	return issue(t, template(names, time.Now().Add(-lifetime/2)), nil)
}

// CA is an authority that signs certificates of servers and clients.
type CA struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

// NewCA is an authority of its own; no two are alike.
func NewCA(t testing.TB) *CA {
	t.Helper()
	request := template(nil, time.Now().Add(lifetime))
	request.Subject.CommonName = "authority " + request.SerialNumber.String()
	request.IsCA = true
	request.KeyUsage = x509.KeyUsageCertSign
	chain, keyPEM := issue(t, request, nil)

	block, _ := pem.Decode(chain)
	certificate, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	block, _ = pem.Decode(keyPEM)
	key, err := x509.ParseECPrivateKey(block.Bytes)
	must(t, err)
	return &CA{certificate: certificate, key: key, pem: chain}
}

// PEM is the authority's own certificate.
func (ca *CA) PEM() []byte { return ca.pem }

// Issue is a certificate for names that ca has signed.
func (ca *CA) Issue(t testing.TB, names ...string) (chain, key []byte) {
	t.Helper()
	return issue(t, template(names, time.Now().Add(lifetime)), ca)
}

func template(names []string, until time.Time) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62)) // never fails
	c := &x509.Certificate{
		SerialNumber:          serial,
		NotBefore:             time.Now().Add(-lifetime),
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else if uri, err := url.Parse(name); err == nil && uri.IsAbs() {
			c.URIs = append(c.URIs, uri)
		} else {
			c.DNSNames = append(c.DNSNames, name)
		}
	}
	if len(names) > 0 {
		c.Subject = pkix.Name{CommonName: names[0]}
	}
	return c
}

// issue signs request with ca, or with its own key where ca is nil.
func issue(t testing.TB, request *x509.Certificate, ca *CA) (chain, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	parent, signer := request, private
	if ca != nil {
		parent, signer = ca.certificate, ca.key
	}
	der, err := x509.CreateCertificate(rand.Reader, request, parent, private.Public(), signer)
	must(t, err)
	keyDER, err := x509.MarshalECPrivateKey(private)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
