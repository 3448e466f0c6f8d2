package driver

import "net"

// Transport is a TCP connection under TLS, a client's or a service's. crypto/tls
// must be given a Transport for the driver to hold no buffer while the session
// is idle.
//
// During the TLS handshake it is a plain net.Conn. Reads must not be called by
// two goroutines at once, nor writes.
type Transport struct {
	*net.TCPConn
	polled
}

// NewTransport wraps c.
func NewTransport(c *net.TCPConn) *Transport { return &Transport{TCPConn: c} }
