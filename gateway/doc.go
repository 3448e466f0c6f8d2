// Package gateway is the data plane. It ties its rooms together in the order
// in which a connection meets them:
//
//	listener ▶ handshake ▶ route ▶ policy ▶ upstream ▶ 101 ▶ driver{session}
//
// A connection goes through them on a goroutine of its own, which ends when the
// session begins. On Linux an event loop takes it through the same rooms where
// nothing in them has to wait: plain ws, a request that comes in one piece and is
// to be served, a service at an address, without TLS. All else is given to a
// goroutine, as wss is for its TLS handshake and its request; the event loop
// connects to the service and begins the session again.
//
// In: config.Snapshots, applied one after the other. Out: sessions. A snapshot
// that does not compile is refused whole and the last good one serves on; a
// session keeps what it began with.
//
// Nothing under gateway imports k8s.io, sigs.k8s.io or controllers: taking
// over the process that faces the internet must not yield the cluster.
package gateway
