package driver

import (
	"io"
	"time"
)

// Transport is a TCP connection under TLS, a client's or a service's. Once the
// TLS handshake is done, a driver that has taken the connection over can carry
// what crypto/tls reads and writes.
type Transport struct {
	Conn
	carrier io.ReadWriter
}

// NewTransport wraps c.
func NewTransport(c Conn) *Transport { return &Transport{Conn: c} }

// Carry makes c what is read and written from now on, and forgets the
// connection. Nobody may read or write meanwhile.
func (t *Transport) Carry(c io.ReadWriter) { t.carrier, t.Conn = c, nil }

// Read is for net.Conn.
func (t *Transport) Read(p []byte) (int, error) {
	if t.carrier != nil {
		return t.carrier.Read(p)
	}
	return t.Conn.Read(p)
}

// Write is for net.Conn.
func (t *Transport) Write(p []byte) (int, error) {
	if t.carrier != nil {
		return t.carrier.Write(p)
	}
	return t.Conn.Write(p)
}

// Close is for net.Conn. A carrier is its driver's to close.
func (t *Transport) Close() error {
	if t.carrier != nil {
		return nil
	}
	return t.Conn.Close()
}

// SetDeadline is for net.Conn, as are the two below. A carrier never waits, so
// that the five seconds which crypto/tls gives a close_notify do not matter to
// it.
func (t *Transport) SetDeadline(at time.Time) error {
	if t.carrier != nil {
		return nil
	}
	return t.Conn.SetDeadline(at)
}

// SetReadDeadline bounds reads.
func (t *Transport) SetReadDeadline(at time.Time) error {
	if t.carrier != nil {
		return nil
	}
	return t.Conn.SetReadDeadline(at)
}

// SetWriteDeadline bounds writes.
func (t *Transport) SetWriteDeadline(at time.Time) error {
	if t.carrier != nil {
		return nil
	}
	return t.Conn.SetWriteDeadline(at)
}
