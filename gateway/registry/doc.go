// Package registry knows the live sessions of a gateway, and drains them.
//
// In: sessions as they start and end. Out: a list of them, and the end of all
// of them spread over a window.
package registry
