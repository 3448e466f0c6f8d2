// Package listener accepts connections: sockets that outlive configurations,
// TLS with certificates chosen by SNI and replaced while serving.
//
// In: the listeners of a config.Snapshot. Out: accepted connections, with the
// listeners that share their port. It reads no request.
package listener
