// Package framing maps WebSocket messages to a byte stream and back: Stream,
// Lines, LengthPrefixed and Typed.
//
// In: payload with its message boundaries, or bytes of the service. Out: the
// other. It knows neither frames nor sockets.
package framing
