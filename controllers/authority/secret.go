package authority

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
)

// Keys of the data of a Secret of type kubernetes.io/tls.
const (
	certificateKey = "tls.crt"
	privateKeyKey  = "tls.key"
	trustKey       = "ca.crt"
)

const (
	certificateBlock = "CERTIFICATE"
	privateKeyBlock  = "PRIVATE KEY"
)

// Parse reads what Data wrote: under tls.crt the certificate of each authority,
// under tls.key their keys in the same order.
func Parse(data map[string][]byte) (*Set, error) {
	certificates, err := blocks(data, certificateKey, certificateBlock)
	if err != nil {
		return nil, err
	}
	keys, err := blocks(data, privateKeyKey, privateKeyBlock)
	if err != nil {
		return nil, err
	}
	if len(certificates) != len(keys) {
		return nil, fmt.Errorf("%s has %d certificates and %s has %d keys: each certificate needs its key",
			certificateKey, len(certificates), privateKeyKey, len(keys))
	}
	s := &Set{authorities: make([]authority, len(keys))}
	for i := range keys {
		if s.authorities[i], err = parseAuthority(certificates[i], keys[i]); err != nil {
			return nil, fmt.Errorf("authority %d: %w", i+1, err)
		}
	}
	slices.SortStableFunc(s.authorities, func(a, b authority) int {
		return b.certificate.NotBefore.Compare(a.certificate.NotBefore)
	})
	return s, nil
}

// Data is s as the data of a Secret.
func (s *Set) Data() (map[string][]byte, error) {
	var keys []byte
	for _, a := range s.authorities {
		encoded, err := encodeKey(a.key)
		if err != nil {
			return nil, err
		}
		keys = append(keys, encoded...)
	}
	return map[string][]byte{certificateKey: s.Trust(), privateKeyKey: keys}, nil
}

// blocks are the contents of the PEM blocks under a key, all of the given type.
func blocks(data map[string][]byte, key, kind string) ([][]byte, error) {
	var all [][]byte
	for rest := data[key]; len(bytes.TrimSpace(rest)) > 0; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil || block.Type != kind {
			return nil, fmt.Errorf("%s: block %d: want PEM of type %s", key, len(all)+1, kind)
		}
		all = append(all, block.Bytes)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s is missing or empty: want PEM of type %s", key, kind)
	}
	return all, nil
}

func parseAuthority(certificate, key []byte) (authority, error) {
	c, err := x509.ParseCertificate(certificate)
	if err != nil {
		return authority{}, fmt.Errorf("%s: %w", certificateKey, err)
	}
	if err := checkAuthority(c); err != nil {
		return authority{}, fmt.Errorf("%s: %w", certificateKey, err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(key)
	if err != nil {
		return authority{}, fmt.Errorf("%s: not a PKCS #8 private key", privateKeyKey)
	}
	k, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !k.PublicKey.Equal(c.PublicKey) {
		return authority{}, fmt.Errorf("%s: not the key of the certificate", privateKeyKey)
	}
	return authority{certificate: c, key: k}, nil
}

func checkAuthority(c *x509.Certificate) error {
	switch public, ok := c.PublicKey.(*ecdsa.PublicKey); {
	case !ok || public.Curve != elliptic.P256():
		return errors.New("want a key on the curve P-256")
	case !c.IsCA || c.KeyUsage&x509.KeyUsageCertSign == 0:
		return errors.New("not the certificate of an authority")
	case c.CheckSignatureFrom(c) != nil:
		return errors.New("not signed by its own key")
	}
	return nil
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode a private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: privateKeyBlock, Bytes: der}), nil
}
