// Package config is the model of what a gateway serves: listeners, routes and
// services, as protobuf messages, with their validation.
//
// In: a Snapshot from the translator or over the wire. Out: the same Snapshot,
// known to be sound, or errors that name the object, the field, the value and
// the rule. The model is written once and never changed afterwards.
//
// It knows no Kubernetes and imports no other room of the gateway.
package config
