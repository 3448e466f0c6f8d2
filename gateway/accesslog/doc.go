// Package accesslog writes one JSON record for every session and for every
// refused handshake.
//
// In: what is known of a session at its end, or of a refusal. Out: one line,
// in one Write. Nobody ever waits for the writer: records queue up to a bound,
// and past it they are counted instead of written.
package accesslog
