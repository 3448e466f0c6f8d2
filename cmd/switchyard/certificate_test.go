package main

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
	"switchyard.dev/test/gatewaytest"
)

const overTLS = "protocol: HTTPS, tls: {certificateRefs: [{name: certificate}]}"

func wantEcho(t *testing.T, c *gatewaytest.Client, text string) {
	t.Helper()
	c.Send(gatewaytest.Text(text))
	c.WantData(gatewaytest.OpBinary, []byte(text))
}

func TestACertificateIsReplacedWhileServing(t *testing.T) {
	l := newLaptop(t, (*gatewaytest.Yard).Echo)
	first, firstRoots := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	second, secondRoots := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	l.gateway(t, overTLS, "")
	l.write(t, "certificate.yaml", secretYAML("certificate", first))
	l.start(t)

	old := l.open(t, clientTLS(t, firstRoots, nil))
	wantEcho(t, old, "with the first")

	l.write(t, "certificate.yaml", secretYAML("certificate", second))
	gatewaytest.Eventually(t, "the second certificate is shown", func() bool {
		c, err := gatewaytest.Dial(t, l.address, clientTLS(t, secondRoots, nil))
		if err != nil {
			return false
		}
		return c.TCP.Close() == nil
	})
	if c, err := gatewaytest.Dial(t, l.address, clientTLS(t, firstRoots, nil)); err == nil {
		_ = c.TCP.Close()
		t.Error("the first certificate is still shown")
	}
	wantEcho(t, old, "the session lives on")
	old.Bye()
	fresh := l.open(t, clientTLS(t, secondRoots, nil))
	wantEcho(t, fresh, "with the second")
	fresh.Bye()
}

func TestABadCertificateDoesNotReplaceAGoodOne(t *testing.T) {
	l := newLaptop(t, (*gatewaytest.Yard).Echo)
	good, roots := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	other, _ := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	l.gateway(t, overTLS, "")
	l.write(t, "certificate.yaml", secretYAML("certificate", good))
	l.start(t)

	good.Key = other.GetKey()
	l.write(t, "certificate.yaml", secretYAML("certificate", good))
	l.log.wait(t, "edit is refused, what was served before is served on")
	c := l.open(t, clientTLS(t, roots, nil))
	wantEcho(t, c, "still here")
	c.Bye()
}

func TestAnExpiredCertificateIsServedWithAWarning(t *testing.T) {
	l := newLaptop(t, (*gatewaytest.Yard).Echo)
	l.gateway(t, overTLS, "")
	l.write(t, "certificate.yaml", secretYAML("certificate", expired(t)))

	const warning = "the certificate in Secret default/certificate expired at 2021-01-01T00:00:00Z: renew it"
	code, stdout, stderr := call(t, "check", "-f", l.folder)
	if want := "warning: listener it: CertificateExpired: " + warning; code != 0 || !strings.Contains(stdout, want) {
		t.Errorf("exit %d\n%s%s\nwant 0 and %s", code, stdout, stderr, want)
	}
	l.start(t)
	l.log.wait(t, warning)
}

// expired is a certificate of the past.
func expired(t *testing.T) *config.Certificate {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return &config.Certificate{
		Chain: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key:   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}
}

func TestClientCertificates(t *testing.T) {
	known, knownRoots := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	stranger, _ := gatewaytest.NewCertificate(t, "stranger")
	tests := map[string]struct {
		mode                            string
		anonymousGetsIn, strangerGetsIn bool
	}{
		"asked for":                   {mode: "AllowValidOnly"},
		"asked for, and done without": {mode: "AllowInsecureFallback", anonymousGetsIn: true, strangerGetsIn: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLaptop(t, (*gatewaytest.Yard).Echo)
			l.gateway(t, overTLS, "frontend: {default: {validation: {mode: "+tc.mode+
				`, caCertificateRefs: [{group: "", kind: ConfigMap, name: authority}]}}}`)
			l.write(t, "certificate.yaml", secretYAML("certificate", known))
			l.write(t, "authority.yaml", authorityYAML("authority", known))
			l.start(t)

			c := l.open(t, clientTLS(t, knownRoots, known))
			wantEcho(t, c, "known")
			c.Bye()
			if got := l.letsIn(t, clientTLS(t, knownRoots, nil)); got != tc.anonymousGetsIn {
				t.Errorf("without a certificate: let in %v, want %v", got, tc.anonymousGetsIn)
			}
			if got := l.letsIn(t, clientTLS(t, knownRoots, stranger)); got != tc.strangerGetsIn {
				t.Errorf("with a certificate of another authority: let in %v, want %v", got, tc.strangerGetsIn)
			}
		})
	}
}

// letsIn says whether a connection gets an answer: under TLS 1.3 a client learns
// only after its own handshake that its certificate is refused.
func (l *laptop) letsIn(t *testing.T, secure *tls.Config) bool {
	t.Helper()
	c, err := gatewaytest.Dial(t, l.address, secure)
	if err != nil {
		return false
	}
	defer c.TCP.Close()
	if _, err := io.WriteString(c, gatewaytest.Upgrade("/").String()); err != nil {
		return false
	}
	_, err = c.Read(make([]byte, 1))
	return err == nil
}
