// Package text checks UTF-8 that arrives in pieces.
//
// In: bytes, split anywhere. Out: whether they can still be UTF-8, at the
// first byte that makes it impossible (RFC 6455 8.1, RFC 3629).
package text
