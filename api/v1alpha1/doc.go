// Package v1alpha1 is the API of Switchyard: WebSocketRoute, WebSocketPolicy and
// GatewayParameters.
//
// What they share with other routes and policies is the Gateway API's own:
// parents, hostnames, backend references, durations, target references, status.
// The package knows nothing else of the project. The manual for users is the
// README.md of the folder above.
//
// +kubebuilder:object:generate=true
// +groupName=switchyard.dev
package v1alpha1
