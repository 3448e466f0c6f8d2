package listener

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/go-logr/logr/testr"

	"switchyard.dev/gateway/config"
)

// loopback is an address that no other test listens on, so that a port which
// was free stays free.
const loopback = "127.83.87.89"

// fixture is a Set whose connections are echoed, after the TLS handshake where
// there is one.
type fixture struct {
	*Set
	t  *testing.T
	at chan *Port // what each connection was given
}

func start(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, at: make(chan *Port, 16)}
	f.Set = New(testr.New(t), func(conn net.Conn, at *Port) {
		defer conn.Close()
		f.at <- at
		if at.TLS() != nil {
			conn = tls.Server(conn, at.TLS())
		}
		_, _ = io.Copy(conn, conn)
	}, nil)
	t.Cleanup(f.Close)
	return f
}

func (f *fixture) update(ls ...*config.Listener) {
	f.t.Helper()
	if err := f.Update(ls, nil); err != nil {
		f.t.Fatal(err)
	}
}

// dial connects to the listener of that name.
func (f *fixture) dial(name string) net.Conn {
	f.t.Helper()
	addr := f.Addrs()[name]
	if addr == nil {
		f.t.Fatalf("there is no listener %q", name)
	}
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", addr.String())
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { conn.Close() })
	return conn
}

// dialTLS is dial with TLS on top and one byte echoed over it: with TLS 1.3, only
// then does the client know that the server took it.
func (f *fixture) dialTLS(name string, c *tls.Config) (*tls.Conn, error) {
	f.t.Helper()
	conn := tls.Client(f.dial(name), c)
	return conn, echo(conn)
}

func echo(conn net.Conn) error {
	if _, err := conn.Write([]byte{'x'}); err != nil {
		return err
	}
	var b [1]byte
	if _, err := io.ReadFull(conn, b[:]); err != nil {
		return err
	}
	if b[0] != 'x' {
		return fmt.Errorf("the echo is %q", b)
	}
	return nil
}

func wantEcho(t *testing.T, conn net.Conn, why string) {
	t.Helper()
	if err := echo(conn); err != nil {
		t.Errorf("%s: %v", why, err)
	}
}

// wantFree wants that nothing listens at addr.
func wantFree(t *testing.T, addr net.Addr, why string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr.String())
	if err != nil {
		t.Errorf("%s: %v", why, err)
		return
	}
	l.Close()
}

// plain is a listener for plain TCP at any free port.
func plain(name string) *config.Listener {
	return &config.Listener{Name: name, Address: loopback}
}

// secure is a listener for TLS at any free port.
func secure(name, hostname string, certificates ...*config.Certificate) *config.Listener {
	return &config.Listener{Name: name, Address: loopback, Hostname: hostname, Tls: &config.TLS{Certificates: certificates}}
}

// wantError wants err to say exactly that.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
