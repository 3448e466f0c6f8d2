package features

import (
	"fmt"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/api/v1alpha1"
)

const forTenants = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  gatewayClassName: "{NS}"
  infrastructure:
    parametersRef: {group: switchyard.dev, kind: GatewayParameters, name: inside}
  listeners:
  - name: ws
    protocol: HTTP
    port: {PORT:ws}
    allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {tenant: "yes"}}}}
`

const tenants = `
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: echo, namespace: "{HOME}"}
spec:
  parentRefs: [{name: edge, namespace: "{NS}"}]
  path: {value: /echo}
  subprotocols:
  - name: echo
    backendRefs: [{name: echo, port: 7}]
`

func TestARouteIsAttachedAsLongAsItsNamespaceIsSelected(t *testing.T) {
	w := newWorld(t)
	w.watch(w.home)
	w.label(w.home, `"yes"`)
	o := w.operator("controller-0")
	w.apply(edge)
	w.apply(forTenants)
	w.pod("edge", "edge-0", o.address)
	w.serviceIn(w.home, "echo", w.yard.Echo())
	w.apply(tenants)
	w.wantTenant(programmed)
	c := w.open("ws", "/echo", "echo")

	w.label(w.home, "null")
	w.wantTenant("Accepted=False NotAllowedByListeners: ...")
	w.wantStatus("ws", "/echo", "echo", http.StatusNotFound)
	echoes(c, "as before")

	w.label(w.home, `"yes"`)
	w.wantTenant(accepted)
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)
}

// label gives a namespace the label tenant, or takes it with null.
func (w *world) label(namespace, value string) {
	w.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	patch := fmt.Sprintf(`{"metadata": {"labels": {"tenant": %s}}}`, value)
	if err := server.Client.Patch(w.Context(), ns, client.RawPatch(types.MergePatchType, []byte(patch))); err != nil {
		w.Fatal(err)
	}
}

// wantTenant is wantRoute for the route echo in the other namespace.
func (w *world) wantTenant(want string) {
	w.Helper()
	w.want(want, func(kind string) string {
		var r v1alpha1.WebSocketRoute
		if err := server.Client.Get(w.Context(), client.ObjectKey{Namespace: w.home, Name: "echo"}, &r); err != nil {
			w.Fatal(err)
		}
		if len(r.Status.Parents) == 0 {
			return "no parent says anything"
		}
		return says(r.Status.Parents[0].Conditions, kind, r.Generation)
	})
}
