// Package conformance holds the gateway to RFC 6455 and to Switchyard's own
// tables, over real sockets. One subtest is one MUST, named by section.
//
// It has only tests.
package conformance
