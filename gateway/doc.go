// Package gateway is the data plane. It ties its rooms together in the order
// in which a connection meets them:
//
//	listener ▶ handshake ▶ route ▶ policy ▶ upstream ▶ 101 ▶ driver{session}
//
// In: config.Snapshots, applied one after the other. Out: sessions. A snapshot
// that does not compile is refused whole and the last good one serves on; a
// session keeps what it began with.
//
// Nothing under gateway imports k8s.io, sigs.k8s.io or controllers: taking
// over the process that faces the internet must not yield the cluster.
package gateway
