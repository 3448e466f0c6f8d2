// Package listener accepts connections: sockets that outlive configurations,
// TLS with certificates chosen by SNI and replaced while serving.
//
// In: the listeners of a config.Snapshot. Out: accepted connections, with the
// listeners that share their port. It reads no request, and does no TLS
// handshake: that takes the deadline of whoever serves the connection. Others may
// accept in its place, as event loops do.
//
// What a connection is given, a Port, never changes. A socket holds the newest
// one and gives it to the next connection; session tickets alone are older
// than that, so that clients resume across configurations.
package listener
