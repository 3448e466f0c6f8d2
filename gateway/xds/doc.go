// Package xds is the gateway's side of delta xDS: it is given configuration by a
// controller, and says what became of it.
//
// In: delta responses, over mutually authenticated TLS. Out: config.Snapshots
// that are valid, for Apply, and an ACK or a NACK for every response. What a
// response carries is one change: it is taken whole or not at all. What is
// refused leaves in force what was served before, and a later response that puts
// it right heals.
//
// The versions of resources are the controller's words, and mean the same with
// every controller: the gateway tells them to whichever it meets next, and gets
// only what differs.
//
// A client never gives up, never takes a configuration from a controller that
// its authority has not signed, and never sends anything of a private key.
package xds
