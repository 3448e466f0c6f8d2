package authority

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"sync"
	"time"

	"switchyard.dev/gateway/config"
)

// ServerTLS is the TLS configuration of the server that gateways connect to. It
// lets in who has a certificate of an authority of the Set that set returns at
// that moment; nil is none. The server's own certificate is never stored.
func ServerTLS(set func() *Set, now func() time.Time) *tls.Config {
	own := &serverCertificate{}
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: []string{"h2"},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			s, at := set(), now()
			if s == nil {
				return nil, errNoAuthority
			}
			c, err := own.get(s, at)
			if err != nil {
				return nil, err
			}
			return &tls.Config{
				MinVersion:   tls.VersionTLS13,
				NextProtos:   []string{"h2"},
				Certificates: []tls.Certificate{c},
				ClientAuth:   tls.RequireAndVerifyClientCert,
				ClientCAs:    s.pool(),
				Time:         func() time.Time { return at },
				// A resumed session would outlive the trust that it began with.
				SessionTicketsDisabled: true,
			}, nil
		},
	}
}

// serverCertificate is the server's own certificate, issued when it is needed.
type serverCertificate struct {
	mu      sync.Mutex
	signer  *x509.Certificate
	current tls.Certificate
}

func (o *serverCertificate) get(s *Set, now time.Time) (tls.Certificate, error) {
	signer, ok := s.signer(now)
	if !ok {
		return tls.Certificate{}, errNoAuthority
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.signer != nil && o.signer.Equal(signer.certificate) && !pastHalf(o.current.Leaf, now) {
		return o.current, nil
	}
	c, key, err := s.issue(now, &x509.Certificate{
		DNSNames:    []string{config.ServerName},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate of the server: %w", err)
	}
	o.signer = signer.certificate
	o.current = tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key, Leaf: c}
	return o.current, nil
}
