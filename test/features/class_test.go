package features

import (
	"fmt"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func TestAGatewayThatIsGivenToAnotherControllerLosesItsPods(t *testing.T) {
	w := newWorld(t)
	w.operator("controller-0")
	w.apply(edge)
	w.wantGateway("edge", accepted)
	deployment := func() error {
		var d appsv1.Deployment
		return server.Client.Get(w.Context(), w.key("edge-"+w.users), &d)
	}
	w.eventually(deployment)
	w.apply(`
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: "{NS}-other"}
spec: {controllerName: example.com/other}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  gatewayClassName: "{NS}-other"
  listeners:
  - {name: ws, protocol: HTTP, port: {PORT:ws}}
`)
	w.eventually(func() error {
		if err := deployment(); !apierrors.IsNotFound(err) {
			return fmt.Errorf("got %v, want no Deployment", err)
		}
		return nil
	})
}
