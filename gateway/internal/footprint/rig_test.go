package footprint

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"switchyard.dev/gateway/internal/certtest"
)

// name is what the certificates are for.
const name = "idle.example"

// wouldBlock is temporary, as the driver's: crypto/tls does not remember it.
type wouldBlock struct{}

func (wouldBlock) Error() string   { return "nothing to read" }
func (wouldBlock) Timeout() bool   { return false }
func (wouldBlock) Temporary() bool { return true }

// stream is one direction of a connection in memory.
type stream struct {
	mu    sync.Mutex
	more  sync.Cond
	bytes []byte
	ended bool
	waits bool // reads of an empty stream wait
}

func newStream() *stream {
	s := &stream{waits: true}
	s.more.L = &s.mu
	return s
}

// end is one end of a connection in memory. Writes never wait.
type end struct {
	net.Conn // nil: no other call is expected
	in, out  *stream
}

func newEnds() (end, end) {
	a, b := newStream(), newStream()
	return end{in: a, out: b}, end{in: b, out: a}
}

func (e end) Read(p []byte) (int, error) {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	for len(e.in.bytes) == 0 {
		switch {
		case e.in.ended:
			return 0, io.EOF
		case !e.in.waits:
			return 0, wouldBlock{}
		}
		e.in.more.Wait()
	}
	n := copy(p, e.in.bytes)
	if e.in.bytes = e.in.bytes[n:]; len(e.in.bytes) == 0 {
		e.in.bytes = nil
	}
	return n, nil
}

func (e end) Write(p []byte) (int, error) {
	e.out.mu.Lock()
	defer e.out.mu.Unlock()
	e.out.bytes = append(e.out.bytes, p...)
	e.out.more.Signal()
	return len(p), nil
}

func (e end) Close() error {
	e.out.mu.Lock()
	defer e.out.mu.Unlock()
	e.out.ended = true
	e.out.more.Signal()
	return nil
}

func (end) SetDeadline(time.Time) error      { return nil }
func (end) SetWriteDeadline(time.Time) error { return nil }

// take are the bytes on their way to e, which does not get them.
func (e end) take() []byte {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	b := e.in.bytes
	e.in.bytes = nil
	return b
}

// give puts b on its way to e.
func (e end) give(b []byte) { end{out: e.in}.Write(b) }

// pair are the ends of an established connection whose reads do not wait.
type pair struct {
	client, server     *tls.Conn
	toClient, toServer end // the transports: what is read by client, by server
}

// settings are a client's and a server's that trust each other's certificate.
func settings(t testing.TB) (client, server *tls.Config) {
	chain, key := certtest.New(t, name)
	own, err := tls.X509KeyPair(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(chain)
	client = &tls.Config{RootCAs: trusted, ServerName: name, Certificates: []tls.Certificate{own}}
	return client, &tls.Config{Certificates: []tls.Certificate{own}, ClientCAs: trusted}
}

func connect(t testing.TB, client, server *tls.Config) *pair {
	t.Helper()
	p := new(pair)
	p.toClient, p.toServer = newEnds()
	p.client, p.server = tls.Client(p.toClient, client), tls.Server(p.toServer, server)
	shook := make(chan error, 1)
	go func() { shook <- p.client.Handshake() }()
	if err := p.server.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-shook; err != nil {
		t.Fatal(err)
	}
	p.toClient.in.waits, p.toServer.in.waits = false, false
	return p
}

// read is all that c has to read.
func read(t testing.TB, c *tls.Conn) []byte {
	t.Helper()
	var got []byte
	var b [4096]byte
	for {
		n, err := c.Read(b[:])
		got = append(got, b[:n]...)
		switch err {
		case nil:
		case wouldBlock{}:
			return got
		default:
			t.Fatalf("after %d bytes: %v", len(got), err)
		}
	}
}
