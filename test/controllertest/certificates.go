package controllertest

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"switchyard.dev/gateway/config"
	"switchyard.dev/test/gatewaytest"
)

// Certificates are a folder as the kubelet mounts a Secret: files are links
// through one link to a folder, and that one link is replaced.
type Certificates struct {
	Folder string
	tb     testing.TB
	// own trusts the gateway's certificate in it, and none that was in it before.
	own atomic.Pointer[x509.CertPool]
}

// newCertificates is a folder with a gateway's certificate and the authority.
func newCertificates(tb testing.TB, authority *config.Certificate) *Certificates {
	tb.Helper()
	c := &Certificates{Folder: tb.TempDir(), tb: tb}
	for _, name := range []string{"tls.crt", "tls.key", "ca.crt"} {
		must(tb, os.Symlink(filepath.Join("..data", name), filepath.Join(c.Folder, name)))
	}
	own, _ := gatewaytest.NewCertificate(tb, "gateway")
	c.Replace(own, authority)
	return c
}

// Replace puts other certificates in the folder at once.
func (c *Certificates) Replace(own, authority *config.Certificate) {
	c.tb.Helper()
	version, err := os.MkdirTemp(c.Folder, "..")
	must(c.tb, err)
	for name, content := range map[string][]byte{
		"tls.crt": own.GetChain(), "tls.key": own.GetKey(), "ca.crt": authority.GetChain(),
	} {
		must(c.tb, os.WriteFile(filepath.Join(version, name), content, 0o600))
	}
	next := filepath.Join(c.Folder, "..data_tmp")
	must(c.tb, os.Symlink(filepath.Base(version), next))
	must(c.tb, os.Rename(next, filepath.Join(c.Folder, "..data")))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(own.GetChain())
	c.own.Store(pool)
}

// serverTLS shows own, and asks for the certificate that the folder has at that
// moment.
func (c *Certificates) serverTLS(own *config.Certificate) *tls.Config {
	c.tb.Helper()
	pair, err := tls.X509KeyPair(own.GetChain(), own.GetKey())
	must(c.tb, err)
	return &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return &tls.Config{
			MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, Certificates: []tls.Certificate{pair},
			ClientCAs: c.own.Load(), ClientAuth: tls.RequireAndVerifyClientCert,
		}, nil
	}}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
