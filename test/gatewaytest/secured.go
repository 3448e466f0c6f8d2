package gatewaytest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
)

// BackendName is the name that the certificates of services of a Yard are for.
const BackendName = "backend.example.com"

// Identity is who services are over TLS.
type Identity struct {
	// Trust is what a gateway must be told to believe it.
	Trust *config.BackendTLS

	server *tls.Config
}

// NewIdentity makes an identity of its own; no two are alike.
func NewIdentity(tb testing.TB) *Identity {
	tb.Helper()
	c, _ := NewCertificate(tb, BackendName)
	pair, err := tls.X509KeyPair(c.Chain, c.Key)
	if err != nil {
		tb.Fatal(err)
	}
	return &Identity{
		Trust:  &config.BackendTLS{Hostname: BackendName, Authorities: c.Chain},
		server: &tls.Config{Certificates: []tls.Certificate{pair}},
	}
}

// below is the TCP connection under a service's TLS.
type below struct {
	*net.TCPConn
	// ended says that the peer's FIN was read.
	ended bool
}

func (b *below) Read(p []byte) (int, error) {
	n, err := b.TCPConn.Read(p)
	b.ended = b.ended || errors.Is(err, io.EOF)
	return n, err
}

// accept takes the TLS handshake of a connection.
func (i *Identity) accept(conn *net.TCPConn) (*Service, error) {
	b := &below{TCPConn: conn}
	secured := tls.Server(b, i.server)
	_ = conn.SetDeadline(time.Now().Add(Patience))
	if err := secured.Handshake(); err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	return &Service{Stream: secured, TCP: conn, below: b}, nil
}

// ServeTLS is Serve for a service that speaks TLS.
func (y *Yard) ServeTLS(i *Identity, serve func(net.Conn)) string {
	y.tb.Helper()
	return y.Serve(func(conn *net.TCPConn) {
		secured, err := i.accept(conn)
		if err != nil {
			return // it is the gateway that tells why
		}
		serve(secured)
		_ = secured.Close()
	})
}

// ScriptTLS is Script for a service that speaks TLS.
func (y *Yard) ScriptTLS(i *Identity) *Script {
	y.tb.Helper()
	s := &Script{secured: make(chan *Service)}
	over := make(chan struct{})
	s.Addr = y.Serve(func(conn *net.TCPConn) {
		secured, err := i.accept(conn)
		if err != nil {
			return // it is the gateway that tells why
		}
		select {
		case s.secured <- secured:
			<-over // the test closes it
		case <-over:
		}
	})
	y.tb.Cleanup(func() { close(over) })
	return s
}
