// Package drivertest is what every driver must do, as tests.
//
// In: what makes a driver's sessions. Out: a verdict. Only tests import it.
package drivertest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/internal/certtest"
	"switchyard.dev/gateway/session"
)

// Owner takes note of what a session reports.
type Owner struct {
	Ends   chan session.End
	Faults chan any
}

// NewOwner has nothing to tell yet.
func NewOwner() *Owner {
	return &Owner{Ends: make(chan session.End, 2), Faults: make(chan any, 8)}
}

// Ended is for driver.Owner, as is Fault.
func (o *Owner) Ended(e session.End)       { o.Ends <- e }
func (o *Owner) Fault(v any, stack []byte) { o.Faults <- v }

// Want waits for the end, which must have that cause.
func (o *Owner) Want(t *testing.T, cause session.Cause) session.End {
	t.Helper()
	select {
	case end := <-o.Ends:
		if end.Cause != cause {
			t.Fatalf("ended with %v (%s), want %v", end.Cause, end.Detail, cause)
		}
		return end
	case <-time.After(Patience):
		t.Fatalf("the session did not end; want %v", cause)
		panic("unreachable")
	}
}

// Patience is how long a test waits for what must happen.
const Patience = 20 * time.Second

// past is a deadline that is over.
var past = time.Unix(1, 0)

// Config bounds what waits, and nothing else.
func Config() *session.Config {
	return &session.Config{Write: Patience, Close: Patience}
}

// TCPPair is both ends of a TCP connection.
func TCPPair(t *testing.T) (near, far *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Close(); accepted.Close() })
	_ = dialled.SetDeadline(time.Now().Add(Patience))
	return accepted.(*net.TCPConn), dialled.(*net.TCPConn)
}

// rig is a running session with the far ends of its connections.
type rig struct {
	*Owner
	session driver.Session
	client  driver.Conn
	service driver.Conn
}

// transport makes the connections with a client and with a service.
type transport struct {
	client, service func(*testing.T) (near, far driver.Conn)
}

var plain = transport{plainPair, plainPair}

// transports are the kinds of connections that a driver must carry alike.
func (s Suite) transports() map[string]transport {
	kinds := map[string]transport{
		"plain TCP":            plain,
		"TLS with the client":  {tlsPair, plainPair},
		"TLS with the service": {plainPair, tlsServicePair},
		"TLS on both sides":    {tlsPair, tlsServicePair},
	}
	if s.Opaque {
		kinds["a connection that cannot be polled"] = transport{opaquePair, plainPair}
	}
	return kinds
}

func plainPair(t *testing.T) (near, far driver.Conn) {
	t.Helper()
	return TCPPair(t)
}

func opaquePair(t *testing.T) (near, far driver.Conn) {
	t.Helper()
	near, far = TCPPair(t)
	return struct{ driver.Conn }{near}, far
}

// tlsPair is the server's end and the client's; tlsServicePair, the other way
// round.
func tlsPair(t *testing.T) (near, far driver.Conn) {
	t.Helper()
	a, b := TCPPair(t)
	return ShakeHands(t, driver.NewTransport(a), b)
}

func tlsServicePair(t *testing.T) (near, far driver.Conn) {
	t.Helper()
	a, b := TCPPair(t)
	far, near = ShakeHands(t, b, driver.NewTransport(a))
	return near, far
}

// ShakeHands secures both ends of a connection.
func ShakeHands(t *testing.T, a, b net.Conn) (server, client *tls.Conn) {
	t.Helper()
	chain, key := certtest.New(t, "ws.example.com")
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	server = tls.Server(a, &tls.Config{Certificates: []tls.Certificate{cert}})
	client = tls.Client(b, &tls.Config{InsecureSkipVerify: true})
	failed := make(chan error, 1)
	go func() { failed <- client.Handshake() }()
	if err := errors.Join(server.Handshake(), <-failed); err != nil {
		t.Fatal(err)
	}
	return server, client
}

func (s Suite) start(t *testing.T, via transport, c *session.Config) *rig {
	t.Helper()
	r := s.make(t, via, c)
	r.session.Start(nil, nil)
	return r
}

// make makes a session that is not started.
func (s Suite) make(t *testing.T, via transport, c *session.Config) *rig {
	t.Helper()
	near, far := via.client(t)
	serviceNear, serviceFar := via.service(t)
	// What bounded a handshake does not bound the session.
	near.SetDeadline(past)
	serviceNear.SetDeadline(past)
	r := &rig{Owner: NewOwner(), client: far, service: serviceFar}
	r.session = s.New(t, driver.Options{Client: near, Service: serviceNear, Config: c, Owner: r.Owner})
	t.Cleanup(func() { r.session.Cut(session.Internal) })
	return r
}

// reset ends the service's connection as a crash does.
func (r *rig) reset() {
	tcp, ok := r.service.(*net.TCPConn)
	if !ok {
		tcp = r.service.(*tls.Conn).NetConn().(*net.TCPConn)
	}
	tcp.SetLinger(0)
	tcp.Close()
}

func (r *rig) send(t *testing.T, op frame.Opcode, payload []byte) {
	t.Helper()
	if _, err := r.client.Write(Masked(op, payload)); err != nil {
		t.Fatal(err)
	}
}

// Masked is a frame from a client.
func Masked(op frame.Opcode, payload []byte) []byte {
	key := [4]byte{1, 2, 3, 4}
	b := frame.Header{Fin: true, Opcode: op, Masked: true, Key: key, Length: uint64(len(payload))}.Append(nil)
	at := len(b)
	b = append(b, payload...)
	frame.Mask(b[at:], key, 0)
	return b
}

// read returns the next frame from the gateway.
func (r *rig) read(t *testing.T) (frame.Header, []byte) {
	t.Helper()
	var b []byte
	for {
		h, n, err := frame.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			payload := make([]byte, h.Length)
			if _, err := io.ReadFull(r.client, payload); err != nil {
				t.Fatalf("read payload: %v", err)
			}
			return h, payload
		}
		one := make([]byte, 1)
		if _, err := io.ReadFull(r.client, one); err != nil {
			t.Fatalf("read header: %v", err)
		}
		b = append(b, one...)
	}
}

// data reads data frames until there are n bytes.
func (r *rig) data(t *testing.T, n int) []byte {
	t.Helper()
	var all []byte
	for len(all) < n {
		h, p := r.read(t)
		if h.Opcode.Control() {
			t.Fatalf("opcode %d after %d of %d bytes: %q", h.Opcode, len(all), n, p)
		}
		all = append(all, p...)
	}
	return all
}

func (r *rig) wantClose(t *testing.T, code uint16, reason string) {
	t.Helper()
	h, p := r.read(t)
	if h.Opcode != frame.Close {
		t.Fatalf("opcode %d, want Close", h.Opcode)
	}
	gotCode, gotReason, err := frame.ParseClose(p)
	if err != nil || gotCode != code || string(gotReason) != reason {
		t.Fatalf("Close(%d, %q), %v; want Close(%d, %q)", gotCode, gotReason, err, code, reason)
	}
}

func (r *rig) wantService(t *testing.T, want []byte) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r.service, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("service read %d bytes, %v; not what was sent", len(got), err)
	}
}

// Pattern is n bytes, no two runs of which are alike.
func Pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 / 3)
	}
	return b
}
