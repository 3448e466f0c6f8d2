package features

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"testing"

	"switchyard.dev/gateway/config"
	"switchyard.dev/test/gatewaytest"
)

const secure = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  gatewayClassName: "{NS}"
  infrastructure:
    parametersRef: {group: switchyard.dev, kind: GatewayParameters, name: inside}
  listeners:
  - name: wss
    protocol: HTTPS
    port: {PORT:wss}
    tls: {certificateRefs: [{name: site}]}
`

func TestACertificateIsRotatedUnderItsSessions(t *testing.T) {
	w := newWorld(t)
	o := w.operator("controller-0")
	w.apply(edge)
	w.apply(secure)
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	first, firstRoots := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	w.certificate("site", first)
	w.pod("edge", "edge-0", o.address)
	w.wantGateway("edge", programmed)
	old, err := w.openTLS("wss", firstRoots)
	if err != nil {
		t.Fatal(err)
	}

	second, secondRoots := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	w.certificate("site", second)
	w.eventually(func() error {
		c, err := w.openTLS("wss", secondRoots)
		if err != nil {
			return fmt.Errorf("with the new certificate: %w", err)
		}
		c.Vanish()
		return nil
	})
	if _, err := w.openTLS("wss", firstRoots); err == nil {
		t.Error("the old certificate is still shown")
	}
	old.Send(gatewaytest.Binary([]byte("as before")))
	old.WantData(gatewaytest.OpBinary, []byte("as before"))
}

func TestAListenerWithoutItsSecretSaysSoAndIsServedOnceItComes(t *testing.T) {
	w := newWorld(t)
	o := w.operator("controller-0")
	w.apply(edge)
	w.apply(secure)
	w.pod("edge", "edge-0", o.address)
	w.wantListener("edge", "wss", "ResolvedRefs=False InvalidCertificateRef: tls.certificateRefs[0]: "+
		"there is no Secret {NS}/site: create it with `kubectl create secret tls`")
	w.wantListener("edge", "wss", "Programmed=False Invalid: the listener is not served: its other conditions say why")

	certificate, roots := gatewaytest.NewCertificate(t, gatewaytest.ServerName)
	w.certificate("site", certificate)
	w.wantListener("edge", "wss", "ResolvedRefs=True ResolvedRefs: the certificate in Secret {NS}/site expires at ...")
	w.wantListener("edge", "wss", programmed)
	w.eventually(func() error {
		c, err := gatewaytest.Dial(t, w.address("wss"), clientTLS(roots))
		if err == nil {
			c.Vanish()
		}
		return err
	})
}

// certificate applies a Secret as `kubectl create secret tls` makes it.
func (w *world) certificate(name string, c *config.Certificate) {
	w.Helper()
	w.apply(fmt.Sprintf(`
apiVersion: v1
kind: Secret
metadata: {name: %s}
type: kubernetes.io/tls
data: {tls.crt: %s, tls.key: %s}
`, name, base64.StdEncoding.EncodeToString(c.Chain), base64.StdEncoding.EncodeToString(c.Key)))
}

func clientTLS(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, ServerName: gatewaytest.ServerName, MinVersion: tls.VersionTLS12}
}

// openTLS opens a session of the route echo at a listener's port.
func (w *world) openTLS(port string, roots *x509.CertPool) (*gatewaytest.Client, error) {
	w.Helper()
	c, err := gatewaytest.Dial(w.T, w.address(port), clientTLS(roots))
	if err != nil {
		return nil, err
	}
	w.Cleanup(c.Vanish)
	c.Raw([]byte(gatewaytest.Upgrade("/echo", "echo").String()))
	c.WantUpgrade("echo")
	return c, nil
}
