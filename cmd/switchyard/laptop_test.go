package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
	"switchyard.dev/test/gatewaytest"
)

// laptop is `switchyard run` of a folder whose files a test edits.
type laptop struct {
	*gatewaytest.Yard
	folder, address, admin string
	access                 *gatewaytest.AccessLog
	log                    *journal
	// stop is the signal that ends run.
	stop context.CancelFunc
}

// newLaptop has a service at backend, and a route to it for clients that offer
// no subprotocol. start runs it.
func newLaptop(t *testing.T, backend func(*gatewaytest.Yard) string) *laptop {
	t.Helper()
	l := &laptop{
		Yard:    gatewaytest.New(t),
		folder:  t.TempDir(),
		address: gatewaytest.FreeAddress(t),
		admin:   gatewaytest.FreeAddress(t),
		access:  new(gatewaytest.AccessLog),
		log:     &journal{lines: make(chan struct{}, 1)},
	}
	host, port, err := net.SplitHostPort(backend(l.Yard))
	if err != nil {
		t.Fatal(err)
	}
	l.write(t, "service.yaml", fmt.Sprintf(`
apiVersion: v1
kind: Service
metadata: {name: backend}
spec: {type: ExternalName, externalName: %s}
---
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: it}
spec: {fallback: {backendRefs: [{name: backend, port: %s}]}}
`, host, port))
	return l
}

func (l *laptop) port() string {
	_, port, _ := net.SplitHostPort(l.address)
	return port
}

// gateway writes a Gateway with one listener on l.address. listener and tls are
// fields of the listener and of spec.tls.
func (l *laptop) gateway(t *testing.T, listener, tls string) {
	t.Helper()
	l.write(t, "gateway.yaml", fmt.Sprintf(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  gatewayClassName: switchyard
  addresses: [{value: 127.0.0.1}]
  tls: {%s}
  listeners: [{name: it, port: %s, %s}]
`, tls, l.port(), listener))
}

// policy writes a WebSocketPolicy for the Gateway.
func (l *laptop) policy(t *testing.T, fields string) {
	t.Helper()
	l.write(t, "policy.yaml", `
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketPolicy
metadata: {name: it}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  `+fields+"\n")
}

func (l *laptop) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(l.folder, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start returns when clients are accepted. The end of the test stops it.
func (l *laptop) start(t *testing.T, flags ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	l.stop = stop
	code, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		code = run(ctx, append([]string{
			"run", "-f", l.folder, "--admin", l.admin, "--drain-window", "0s", "--drain-timeout", "1s",
		}, flags...), strings.NewReader(""), l.access, l.log)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		if code != 0 {
			t.Errorf("run: exit %d\n%s", code, l.log.String())
		}
	})
	gatewaytest.Eventually(t, "the gateway listens", func() bool {
		select {
		case <-done:
			t.Fatal("run ended before it served")
		default:
		}
		conn, err := net.Dial("tcp", l.address)
		return err == nil && conn.Close() == nil
	})
}

// connect opens a connection that the end of the test closes.
func (l *laptop) connect(t *testing.T, secure *tls.Config) *gatewaytest.Client {
	t.Helper()
	c, err := gatewaytest.Dial(t, l.address, secure)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.TCP.Close() })
	return c
}

// open is connect and a handshake that succeeds.
func (l *laptop) open(t *testing.T, secure *tls.Config) *gatewaytest.Client {
	t.Helper()
	c := l.connect(t, secure)
	c.Raw([]byte(gatewaytest.Upgrade("/").String()))
	c.WantUpgrade("")
	return c
}

func secretYAML(name string, c *config.Certificate) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: Secret
metadata: {name: %s}
type: kubernetes.io/tls
data: {tls.crt: %s, tls.key: %s}
`, name, base64.StdEncoding.EncodeToString(c.GetChain()), base64.StdEncoding.EncodeToString(c.GetKey()))
}

func authorityYAML(name string, c *config.Certificate) string {
	chain := strings.ReplaceAll(string(c.GetChain()), "\n", "\n    ")
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata:\n  ca.crt: |\n    %s\n", name, chain)
}

// clientTLS trusts roots and shows a certificate, or none where it is nil.
func clientTLS(t *testing.T, roots *x509.CertPool, own *config.Certificate) *tls.Config {
	t.Helper()
	c := &tls.Config{RootCAs: roots, ServerName: gatewaytest.ServerName}
	if own != nil {
		pair, err := tls.X509KeyPair(own.GetChain(), own.GetKey())
		if err != nil {
			t.Fatal(err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c
}
