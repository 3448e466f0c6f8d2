package bench

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// identity is a certificate and its key, for every peer in a run that ends
// TLS: as text, and as files.
type identity struct {
	CertificatePEM, KeyPEM string
	// Bundle has both.
	Certificate, Key, Bundle string
}

// validity is how long an identity lasts, which no run does.
const validity = 24 * time.Hour

// newIdentity makes a key on P-256 and a certificate for 127.0.0.1 that signs
// itself, and files of both in dir.
func newIdentity(dir string) (*identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "bench"},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(validity),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	id := &identity{
		CertificatePEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})),
		KeyPEM:         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
		Certificate:    filepath.Join(dir, "tls.crt"),
		Key:            filepath.Join(dir, "tls.key"),
		Bundle:         filepath.Join(dir, "tls.pem"),
	}
	return id, id.save()
}

func (id *identity) save() error {
	for path, text := range map[string]string{
		id.Certificate: id.CertificatePEM,
		id.Key:         id.KeyPEM,
		id.Bundle:      id.CertificatePEM + id.KeyPEM,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
