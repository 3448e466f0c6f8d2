// Package translate is a pure function from Kubernetes objects to gateway
// configuration and a verdict on every object.
//
// No client, no clock, no I/O, no logger. The same objects in any order give
// the same bytes.
package translate
