// Package interop lets the usual Go clients talk through the gateway.
//
// It has only tests.
package interop
