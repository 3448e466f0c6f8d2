// Package handshake is the opening handshake of RFC 6455 section 4, as a
// server: from the bytes of a request header to a Request or a Refusal, and
// from either to the bytes of the answer.
//
// It does no I/O and chooses no route.
package handshake
