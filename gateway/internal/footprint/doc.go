// Package footprint reduces what an idle TLS connection holds in memory.
//
// In: an established connection that nobody reads. Out: the same connection,
// less what crypto/tls keeps of its past: receive buffers as large as the
// largest record and the ClientHello, the exporter's secrets, a client's
// certificates. Keys, sequence numbers and pieces of records stay. What it
// reads into when it wakes can be lent.
//
// crypto/tls has no call for that, so it is done to unexported fields, found by
// name and type when the program starts. Where one is not as expected, nothing
// is ever changed. It must never import another package of the gateway, and
// nothing else may look into a tls.Conn.
package footprint
