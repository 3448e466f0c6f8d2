// Package xds is the delta-xDS server that gateways take their configuration
// from: gRPC with mutual TLS, one resource type, one cache for each Gateway.
//
// In: a config.Snapshot for every Gateway, and who connects. Out: to every
// gateway what changed of its own Gateway's Snapshot, and to the controller what
// the gateways took and what they refused.
//
// A gateway subscribes once, to everything, and answers each response once.
// A stream reaches the cache of the Gateway that its certificate names; nothing
// that it says can select another. A stream that does not read holds one
// response, never more. The server does not log, and knows no client of
// Kubernetes.
package xds
