// Package handshake is the opening handshake of RFC 6455 section 4, as a
// server: from the bytes of a request header to a Request or a Refusal, and
// from either to the bytes of the answer.
//
// ReadHeader takes the header from a connection, bounded. All else is pure: no
// I/O, no clock, no route is chosen. Whatever is read here is hostile, so the
// syntax of HTTP/1.1 is held to strictly and one request is all that a
// connection carries.
package handshake
