package footprint

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// exporter is the type of what is behind ConnectionState.ExportKeyingMaterial.
type exporter = func(label string, context []byte, length int) ([]byte, error)

// fields are those of a tls.Conn that Shrink looks at, by their names there.
type fields struct {
	isHandshakeComplete field[atomic.Bool]
	isClient            field[bool]

	rawInput field[bytes.Buffer] // records, of which the last may be a piece
	input    field[bytes.Reader] // plaintext, in rawInput's memory
	hand     field[bytes.Buffer] // handshake messages, of which the last may be a piece

	ekm              field[exporter]
	resumptionSecret field[[]byte]
	peerCertificates field[[]*x509.Certificate]
	verifiedChains   field[[][]*x509.Certificate]
}

// field is where a tls.Conn has a field of type T.
type field[T any] struct{ offset uintptr }

func (f field[T]) of(c *tls.Conn) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(c), f.offset))
}

// established are the fields of this program's crypto/tls, known whether all
// are as expected.
var established, known = find(reflect.TypeFor[tls.Conn]())

// find reports false where a field of conn is missing or has another type.
func find(conn reflect.Type) (fields, bool) {
	var f fields
	return f, locate(conn, "isHandshakeComplete", &f.isHandshakeComplete) &&
		locate(conn, "isClient", &f.isClient) &&
		locate(conn, "rawInput", &f.rawInput) &&
		locate(conn, "input", &f.input) &&
		locate(conn, "hand", &f.hand) &&
		locate(conn, "ekm", &f.ekm) &&
		locate(conn, "resumptionSecret", &f.resumptionSecret) &&
		locate(conn, "peerCertificates", &f.peerCertificates) &&
		locate(conn, "verifiedChains", &f.verifiedChains)
}

func locate[T any](conn reflect.Type, name string, to *field[T]) bool {
	f, ok := conn.FieldByName(name)
	// The offset of a promoted field would be that in the embedded struct.
	if !ok || len(f.Index) != 1 || f.Type != reflect.TypeFor[T]() {
		return false
	}
	to.offset = f.Offset
	return true
}
