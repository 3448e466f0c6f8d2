package features

// edge is a Gateway with one plain listener at {PORT:ws}. {NS} names its class,
// so that tests do not share one.
const edge = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: "{NS}"}
spec: {controllerName: switchyard.dev/gateway-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  gatewayClassName: "{NS}"
  infrastructure:
    parametersRef: {group: switchyard.dev, kind: GatewayParameters, name: inside}
  listeners:
  - {name: ws, protocol: HTTP, port: {PORT:ws}}
---
apiVersion: switchyard.dev/v1alpha1
kind: GatewayParameters
metadata: {name: inside}
spec: {service: {type: ClusterIP}}
`

// echo is a route from /echo to the Service echo.
const echo = `
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: echo}
spec:
  parentRefs: [{name: edge}]
  path: {value: /echo}
  subprotocols:
  - name: echo
    backendRefs: [{name: echo, port: 7}]
`

// yard is what most tests begin with: a controller, a Gateway, one pod of it.
func (w *world) edge() (*operator, *pod) {
	w.Helper()
	o := w.operator("controller-0")
	w.apply(edge)
	return o, w.pod("edge", "edge-0", o.address)
}

const (
	accepted   = "Accepted=True Accepted"
	resolved   = "ResolvedRefs=True ResolvedRefs"
	programmed = "Programmed=True Programmed"
)
