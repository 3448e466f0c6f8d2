// Package features shows the whole line in one process, a file a feature: a
// real API server, the operator with the rights of config/rbac and no more, real
// gRPC, real gateways, real WebSocket clients.
//
// Objects are applied as users apply them, in YAML. What kubelets and
// kube-controller-manager would do, the tests do: endpoints of Services are
// given by hand, and gateways run in the test's own process.
//
// It has only tests.
package features
