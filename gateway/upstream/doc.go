// Package upstream picks an endpoint of a service and connects to it, with TLS
// where it has that.
//
// In: services with their endpoints, and a target. Out: a connection that
// counts as one live session of its endpoint until it is released, or an error
// that says which HTTP status is honest.
package upstream
