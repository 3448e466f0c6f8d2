package features

import (
	"net/http"
	"testing"
)

const grant = `
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: routes, namespace: "{HOME}"}
spec:
  from: [{group: switchyard.dev, kind: WebSocketRoute, namespace: "{NS}"}]
  to: [{group: "", kind: Service}]
`

func TestAGrantThatIsRemovedClosesTheWayAndTheConditionSaysSo(t *testing.T) {
	w := newWorld(t)
	w.watch(w.home)
	w.edge()
	w.serviceIn(w.home, "echo", w.yard.Echo())
	w.apply(grant)
	w.apply(`
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: echo}
spec:
  parentRefs: [{name: edge}]
  path: {value: /echo}
  subprotocols:
  - name: echo
    backendRefs: [{name: echo, namespace: "{HOME}", port: 7}]
`)
	w.wantRoute("echo", resolved)
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)

	w.remove(grant)
	w.wantStatus("ws", "/echo", "echo", http.StatusServiceUnavailable)
	w.wantRoute("echo", "ResolvedRefs=False RefNotPermitted: spec.subprotocols[echo].backendRefs[0]: "+
		"Service {HOME}/echo is in another namespace: put a ReferenceGrant into namespace {HOME} "+
		"that lets WebSocketRoutes of namespace {NS} refer to Services")

	w.apply(grant)
	w.wantRoute("echo", resolved)
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)
}
