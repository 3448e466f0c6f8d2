package listener

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"testing"

	"switchyard.dev/gateway/config"
)

func TestACertificateIsParsedOnce(t *testing.T) {
	shared := certificate(t, "ns/a", "a.example")
	copied := &config.Certificate{Name: "ns/other", Chain: shared.Chain, Key: shared.Key}
	elsewhere := secure("ns/gw/b", "", copied)
	elsewhere.Port = 1
	compileOne := func(known certificates, ls ...*config.Listener) certificates {
		c, err := compile(ls, known, newTickets())
		if err != nil {
			t.Fatal(err)
		}
		return c.certificates
	}
	first := compileOne(nil, secure("ns/gw/a", "", shared), elsewhere)
	second := compileOne(first, elsewhere, secure("ns/gw/a", "", certificate(t, "ns/new", "b.example")))
	third := compileOne(second, plain("ns/gw/a"))
	if len(first) != 1 || len(second) != 2 || len(third) != 0 {
		t.Fatalf("%d, %d and %d certificates", len(first), len(second), len(third))
	}
	if first[digest(shared)] != second[digest(shared)] {
		t.Error("it was parsed again")
	}
}

func TestTheClientsKindOfKeyIsChosen(t *testing.T) {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{DNSNames: []string{"a.example"}}
	first := &tls.Certificate{PrivateKey: edwards, Leaf: leaf}
	second := &tls.Certificate{PrivateKey: curve, Leaf: leaf}
	own := make(index)
	own.add(first)
	own.add(second)

	for name, tc := range map[string]struct {
		scheme tls.SignatureScheme
		want   *tls.Certificate
	}{
		"the first that the client knows":     {tls.Ed25519, first},
		"the second where it knows only that": {tls.ECDSAWithP256AndSHA256, second},
		"the first where it knows neither":    {tls.PSSWithSHA256, first},
	} {
		t.Run(name, func(t *testing.T) {
			hello := &tls.ClientHelloInfo{
				ServerName:        "a.example",
				SupportedVersions: []uint16{tls.VersionTLS13},
				SignatureSchemes:  []tls.SignatureScheme{tc.scheme},
			}
			if got := choose(hello, own, nil, nil); got != tc.want {
				t.Errorf("the certificate has a key of type %T", got.PrivateKey)
			}
		})
	}
}
