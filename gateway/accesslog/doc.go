// Package accesslog writes one JSON record for every session and for every
// refused handshake.
package accesslog
