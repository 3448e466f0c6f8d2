// Package scale measures the whole line at the size it is built for: a real API
// server with 10,000 routes and 50,000 endpoints, the operator as a process of
// its own, a real gateway.
//
// It has one test, which runs where SCALE is set (make scale) and prints a
// report: figures of a shared machine are told, not asserted. SCALE_ROUTES
// changes the size.
package scale
