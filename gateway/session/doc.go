// Package session is the engine of one session: the WebSocket state machine
// between a client and a byte stream, without I/O.
//
// In: bytes from either side, ends and failures of either side, and the time.
// Out: bytes for either side, what to do next, when to be called again, and at
// the end one Cause. It owns control frames, the close handshake, half-close,
// limits, keepalive and UTF-8; a driver owns sockets and buffers.
//
// It starts no goroutine, reads no clock, does no I/O and is not safe for
// concurrent use: its driver serialises the calls.
package session
