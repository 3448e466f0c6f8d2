package footprint

import (
	"bytes"
	"crypto/tls"
	"errors"
)

// Shrink drops what c holds and will not need. It does nothing before the
// handshake is complete.
//
// No Read, Handshake or ConnectionState of c may run meanwhile; a Write, Close
// or CloseWrite may, for they use none of this. The drops, and why each is sound:
//
//   - Receive buffers, where nothing is left in them. crypto/tls grows them
//     before it reads, from any size. One that has a piece of a record or of a
//     handshake message is left as it is.
//   - The exporter, with the secrets, and up to TLS 1.2 the ClientHello, that it
//     holds: only ConnectionState hands it out. One that was handed out before
//     goes on working; ExportKeyingMaterial of a later one returns an error.
//   - A server's resumption secret, which is for tickets: crypto/tls sends them
//     during the handshake. A client needs it for those yet to come.
//   - A client's certificates, at a server: they have been verified, and TLS 1.3
//     servers here ask for none after the handshake. A ConnectionState later
//     than Shrink shows none. A client keeps its server's, for the tickets.
func Shrink(c *tls.Conn) {
	if !known || !established.isHandshakeComplete.of(c).Load() {
		return
	}
	dropBuffers(c)
	*established.ekm.of(c) = noExporter
	if !*established.isClient.of(c) {
		*established.resumptionSecret.of(c) = nil
		*established.peerCertificates.of(c) = nil
		*established.verifiedChains.of(c) = nil
	}
}

func dropBuffers(c *tls.Conn) {
	input := established.input.of(c)
	if input.Len() > 0 {
		return
	}
	input.Reset(nil) // what has been read of it is in rawInput's memory
	for _, b := range [...]*bytes.Buffer{established.rawInput.of(c), established.hand.of(c)} {
		if b.Len() == 0 {
			*b = bytes.Buffer{}
		}
	}
}

var errNoExporter = errors.New("keying material is exported only before the connection is idle")

func noExporter(string, []byte, int) ([]byte, error) { return nil, errNoExporter }
