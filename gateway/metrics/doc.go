// Package metrics declares every metric of the gateway in one place.
//
// In: a registerer and the live sessions. Out: counters whose labels come from
// closed sets and from the configuration, never from what a client sent.
package metrics
