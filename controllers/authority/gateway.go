package authority

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// GatewayCertificate is the data of the Secret with which the data plane of a
// Gateway proves who it is and knows the server: tls.crt, tls.key, ca.crt.
// current is what the Secret has; what is good of it is kept. changed: data is to
// be stored instead of current.
func (s *Set) GatewayCertificate(
	now time.Time, gateway types.NamespacedName, current map[string][]byte,
) (data map[string][]byte, changed bool, err error) {
	trust := s.Trust()
	if !s.good(now, gateway, current) {
		data, err = s.issueGateway(now, gateway)
		return data, err == nil, err
	}
	if bytes.Equal(current[trustKey], trust) {
		return current, false, nil
	}
	return map[string][]byte{
		certificateKey: current[certificateKey],
		privateKeyKey:  current[privateKeyKey],
		trustKey:       trust,
	}, true, nil
}

// good says whether a gateway may go on with the certificate that it has.
func (s *Set) good(now time.Time, gateway types.NamespacedName, current map[string][]byte) bool {
	pair, err := tls.X509KeyPair(current[certificateKey], current[privateKeyKey])
	if err != nil || len(pair.Certificate) != 1 || pastHalf(pair.Leaf, now) {
		return false
	}
	if identity, err := Identity(pair.Leaf); err != nil || identity != gateway {
		return false
	}
	_, err = pair.Leaf.Verify(x509.VerifyOptions{
		Roots:       s.pool(),
		CurrentTime: now,
		KeyUsages:   []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err == nil
}

func (s *Set) issueGateway(now time.Time, gateway types.NamespacedName) (map[string][]byte, error) {
	identity, err := identityOf(gateway)
	if err != nil {
		return nil, fmt.Errorf("certificate of Gateway %s: %w", gateway, err)
	}
	c, key, err := s.issue(now, &x509.Certificate{
		URIs:        []*url.URL{identity},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return nil, fmt.Errorf("certificate of Gateway %s: %w", gateway, err)
	}
	encoded, err := encodeKey(key)
	if err != nil {
		return nil, fmt.Errorf("certificate of Gateway %s: %w", gateway, err)
	}
	return map[string][]byte{
		certificateKey: pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: c.Raw}),
		privateKeyKey:  encoded,
		trustKey:       s.Trust(),
	}, nil
}
