package features

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/test/gatewaytest"
)

const backendTLS = `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: echo}
spec:
  targetRefs: [{group: "", kind: Service, name: echo}]
  validation:
    hostname: ` + gatewaytest.BackendName + `
    caCertificateRefs: [{group: "", kind: ConfigMap, name: authority}]
`

func TestAServiceThatSpeaksTLSIsSpokenToSo(t *testing.T) {
	w := newWorld(t)
	w.edge()
	identity := gatewaytest.NewIdentity(t)
	w.service("echo", w.yard.ServeTLS(identity, func(c net.Conn) { _, _ = io.Copy(c, c) }))
	w.authority(identity)
	w.apply(backendTLS)
	w.apply(echo)
	w.wantRoute("echo", programmed)
	w.wantPolicy("echo", accepted)
	w.wantPolicy("echo", resolved)
	c := w.open("ws", "/echo", "echo")
	echoes(c, "over TLS")

	// Another authority has not signed for this service: only the gateway can know.
	w.authority(gatewaytest.NewIdentity(t))
	w.wantStatus("ws", "/echo", "echo", http.StatusBadGateway)
	w.wantPolicy("echo", accepted)
	w.wantRoute("echo", resolved)
	echoes(c, "as before")
	w.authority(identity)
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)
}

func TestAServiceWhoseTLSCannotBeCheckedIsNotSpokenTo(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(backendTLS)
	w.apply(echo)
	const why = "none of spec.validation.caCertificateRefs can be used: spec.validation.caCertificateRefs[0]: " +
		"there is no ConfigMap {NS}/authority"
	w.wantPolicy("echo", "Accepted=False NoValidCACertificate: "+why+"...")
	w.wantPolicy("echo", "ResolvedRefs=False InvalidCACertificateRef: spec.validation.caCertificateRefs[0]: there is no ConfigMap {NS}/authority...")
	w.wantRoute("echo", "ResolvedRefs=False InvalidBackendTLSPolicy: spec.subprotocols[echo].backendRefs[0]: "+
		"Service {NS}/echo is under BackendTLSPolicy {NS}/echo, which is not accepted: "+why+"...")
	w.wantStatus("ws", "/echo", "echo", http.StatusServiceUnavailable)

	// Who asked for TLS gets it: this service does not speak it.
	w.authority(gatewaytest.NewIdentity(t))
	w.wantPolicy("echo", accepted)
	w.wantRoute("echo", resolved)
	w.wantStatus("ws", "/echo", "echo", http.StatusBadGateway)
}

// authority applies the ConfigMap by which a service is believed.
func (w *world) authority(i *gatewaytest.Identity) {
	w.Helper()
	pem := strings.ReplaceAll(strings.TrimSpace(string(i.Trust.GetAuthorities())), "\n", "\n    ")
	w.apply(fmt.Sprintf(`
apiVersion: v1
kind: ConfigMap
metadata: {name: authority}
data:
  ca.crt: |
    %s
`, pem))
}

// wantPolicy waits until a condition of a BackendTLSPolicy's first ancestor says so.
func (w *world) wantPolicy(name, want string) {
	w.Helper()
	w.want(want, func(kind string) string {
		var p gatewayv1.BackendTLSPolicy
		w.get(name, &p)
		if len(p.Status.Ancestors) == 0 {
			return "no ancestor says anything"
		}
		return says(p.Status.Ancestors[0].Conditions, kind, p.Generation)
	})
}
