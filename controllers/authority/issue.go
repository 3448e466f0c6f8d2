package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"time"
)

var errNoAuthority = errors.New("there is no certificate authority yet")

func newAuthority(now time.Time) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, fmt.Errorf("make the key of an authority: %w", err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Switchyard"},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	c, err := sign(template, authority{certificate: template, key: key}, key)
	return authority{certificate: c, key: key}, err
}

// issue gives the certificate that leaf describes to a new key. It ends no later
// than its signer.
func (s *Set) issue(now time.Time, leaf *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	signer, ok := s.signer(now)
	if !ok {
		return nil, nil, errNoAuthority
	}
	switch begin, end := signer.certificate.NotBefore, signer.certificate.NotAfter; {
	case now.Before(begin):
		return nil, nil, fmt.Errorf("the certificate authority begins at %s, and here it is %s: set the clock",
			begin.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case now.After(end):
		return nil, nil, fmt.Errorf("the certificate authority ended at %s: renew it first", end.Format(time.RFC3339))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make the key of a certificate: %w", err)
	}
	leaf.NotBefore = now.Add(-skew)
	leaf.NotAfter = now.Add(leafLife)
	if leaf.NotAfter.After(signer.certificate.NotAfter) {
		leaf.NotAfter = signer.certificate.NotAfter
	}
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.BasicConstraintsValid = true
	c, err := sign(leaf, signer, key)
	return c, key, err
}

func sign(template *x509.Certificate, signer authority, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, signer.certificate, &key.PublicKey, signer.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}
