package authority

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/gateway/config"
)

var (
	start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	edge  = types.NamespacedName{Namespace: "infra", Name: "edge"}
)

func renewed(t *testing.T, s *Set, now time.Time) *Set {
	t.Helper()
	next, _, err := s.Renew(now)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func issued(t *testing.T, s *Set, now time.Time, gateway types.NamespacedName) map[string][]byte {
	t.Helper()
	data, _, err := s.GatewayCertificate(now, gateway, nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// clientTLS is what a gateway makes of its Secret.
func clientTLS(t *testing.T, secret map[string][]byte, now time.Time) *tls.Config {
	t.Helper()
	pair, err := tls.X509KeyPair(secret["tls.crt"], secret["tls.key"])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(secret["ca.crt"]) {
		t.Fatal("ca.crt has no certificate")
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		ServerName:   config.ServerName,
		RootCAs:      roots,
		Certificates: []tls.Certificate{pair},
		Time:         func() time.Time { return now },
	}
}

// shake is the outcome of a TLS handshake, as each side sees it.
func shake(t *testing.T, server, client *tls.Config) (state tls.ConnectionState, atServer, atClient error) {
	t.Helper()
	one, other := connected(t)
	done := make(chan error, 1)
	go func() {
		c := tls.Client(other, client)
		err := c.Handshake()
		if err == nil {
			// In TLS 1.3 a client learns by reading that it is refused.
			_, err = c.Read(make([]byte, 1))
		}
		done <- errors.Join(err, other.Close())
	}()
	s := tls.Server(one, server)
	if atServer = s.Handshake(); atServer == nil {
		_, atServer = s.Write([]byte("."))
	}
	_ = one.Close()
	return s.ConnectionState(), atServer, <-done
}

// connected are the ends of one connection, on which a write does not wait for
// the other's read.
func connected(t *testing.T) (one, other net.Conn) {
	t.Helper()
	listener, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	if other, err = net.Dial("unix", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if one, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []net.Conn{one, other} {
		_ = c.SetDeadline(time.Now().Add(time.Minute))
	}
	return one, other
}

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

func of(s *Set) func() *Set { return func() *Set { return s } }
