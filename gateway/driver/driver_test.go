package driver

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/internal/certtest"
	"switchyard.dev/gateway/session"
)

// TestMain fails the package where a goroutine outlives its session.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && !settled() {
		os.Stderr.WriteString("goroutines outlive the tests\n")
		code = 1
	}
	os.Exit(code)
}

func settled() bool {
	for range 200 {
		if buf := make([]byte, 1<<20); !bytes.Contains(buf[:runtime.Stack(buf, true)], []byte("driver.(*Session)")) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// owner takes note of what a session reports.
type owner struct {
	ended  chan session.End
	faults chan any
}

func newOwner() *owner {
	return &owner{ended: make(chan session.End, 2), faults: make(chan any, 8)}
}

func (o *owner) Ended(e session.End)       { o.ended <- e }
func (o *owner) Fault(v any, stack []byte) { o.faults <- v }

func (o *owner) want(t *testing.T, cause session.Cause) session.End {
	t.Helper()
	select {
	case end := <-o.ended:
		if end.Cause != cause {
			t.Fatalf("ended with %v (%s), want %v", end.Cause, end.Detail, cause)
		}
		return end
	case <-time.After(patience):
		t.Fatalf("the session did not end; want %v", cause)
		panic("unreachable")
	}
}

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

func testConfig() *session.Config {
	return &session.Config{Write: patience, Close: patience}
}

// tcpPair is both ends of a TCP connection.
func tcpPair(t *testing.T) (near, far *net.TCPConn) {
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
	_ = dialled.SetDeadline(time.Now().Add(patience))
	return accepted.(*net.TCPConn), dialled.(*net.TCPConn)
}

// rig is a running session with the far ends of its connections.
type rig struct {
	*owner
	session *Session
	client  Conn
	service Conn
}

// transport makes the connections with a client and with a service.
type transport struct {
	client, service func(*testing.T) (near, far Conn)
}

// transports are the kinds of connections that the driver must carry alike.
var transports = map[string]transport{
	"plain TCP":                          {plainPair, plainPair},
	"TLS over a Transport":               {tlsPair, plainPair},
	"a connection that cannot be polled": {opaquePair, plainPair},
	"TLS with the service":               {plainPair, tlsServicePair},
	"TLS on both sides":                  {tlsPair, tlsServicePair},
}

func plainPair(t *testing.T) (near, far Conn) {
	t.Helper()
	return tcpPair(t)
}

func opaquePair(t *testing.T) (near, far Conn) {
	t.Helper()
	near, far = tcpPair(t)
	return struct{ Conn }{near}, far
}

// tlsPair is the server's end and the client's; tlsServicePair, the other way
// round.
func tlsPair(t *testing.T) (near, far Conn) {
	t.Helper()
	a, b := tcpPair(t)
	return shakeHands(t, NewTransport(a), b)
}

func tlsServicePair(t *testing.T) (near, far Conn) {
	t.Helper()
	a, b := tcpPair(t)
	far, near = shakeHands(t, b, NewTransport(a))
	return near, far
}

func shakeHands(t *testing.T, a, b net.Conn) (server, client *tls.Conn) {
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

func start(t *testing.T, via transport, c *session.Config) *rig {
	t.Helper()
	near, far := via.client(t)
	serviceNear, serviceFar := via.service(t)
	r := &rig{owner: newOwner(), client: far, service: serviceFar}
	r.session = New(Options{Client: near, Service: serviceNear, Config: c, Owner: r.owner})
	r.session.Start(nil)
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
	if _, err := r.client.Write(masked(op, payload)); err != nil {
		t.Fatal(err)
	}
}

func masked(op frame.Opcode, payload []byte) []byte {
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

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 / 3)
	}
	return b
}
