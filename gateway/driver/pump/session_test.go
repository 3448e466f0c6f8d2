package pump

import (
	"io"
	"net"
	"testing"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

func TestSuite(t *testing.T) {
	drivertest.Suite{
		New: func(t *testing.T, o driver.Options) driver.Session {
			s := New(o)
			if err := s.Adopt(); err != nil {
				t.Fatal(err)
			}
			return s
		},
		Opaque: true,
	}.Run(t)
}

// rig is a running session, with the far ends of its connections.
type rig struct {
	*drivertest.Owner
	*Session
	client, service *net.TCPConn
}

// start starts a session over what change makes of its connections.
func start(t *testing.T, change func(client, service driver.Conn) (driver.Conn, driver.Conn)) rig {
	near, far := drivertest.TCPPair(t)
	serviceNear, serviceFar := drivertest.TCPPair(t)
	client, service := change(near, serviceNear)
	o := drivertest.NewOwner()
	s := New(driver.Options{Client: client, Service: service, Config: drivertest.Config(), Owner: o})
	s.Start(nil, nil)
	return rig{o, s, far, serviceFar}
}

func unchanged(client, service driver.Conn) (driver.Conn, driver.Conn) { return client, service }

func (r rig) send(t *testing.T, op frame.Opcode, payload string) {
	t.Helper()
	if _, err := r.client.Write(drivertest.Masked(op, []byte(payload))); err != nil {
		t.Fatal(err)
	}
}

// wantClose reads a Close frame with that code.
func (r rig) wantClose(t *testing.T, want uint16) {
	t.Helper()
	b := make([]byte, 2+frame.MaxControl)
	if _, err := io.ReadFull(r.client, b[:2]); err != nil {
		t.Fatal(err)
	}
	h, _, err := frame.Parse(b[:2])
	if err != nil || h.Opcode != frame.Close {
		t.Fatalf("%+v, %v; want Close", h, err)
	}
	if _, err := io.ReadFull(r.client, b[:h.Length]); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := frame.ParseClose(b[:h.Length]); got != want {
		t.Errorf("Close(%d), want %d", got, want)
	}
}

// faulty panics at its first write.
type faulty struct{ driver.Conn }

func (faulty) Write([]byte) (int, error) { panic("a fault of our own") }

func TestAPanicEndsItsSessionAlone(t *testing.T) {
	other := start(t, unchanged)
	r := start(t, func(client, service driver.Conn) (driver.Conn, driver.Conn) { return client, faulty{service} })
	r.send(t, frame.Binary, "x")
	r.wantClose(t, 1011)
	if v := <-r.Faults; v != "a fault of our own" {
		t.Errorf("fault %v", v)
	}
	r.send(t, frame.Close, "")
	r.client.Close()
	r.Want(t, session.Internal)

	other.send(t, frame.Binary, "still here")
	got := make([]byte, 10)
	if _, err := io.ReadFull(other.service, got); err != nil || string(got) != "still here" {
		t.Errorf("the other session's service read %q, %v", got, err)
	}
	other.Cut(session.Drain)
	other.Want(t, session.Drain)
}

func TestAPanicWhileWritingToTheClientCutsTheSession(t *testing.T) {
	near, far := drivertest.TCPPair(t)
	serviceNear, serviceFar := drivertest.TCPPair(t)
	o := drivertest.NewOwner()
	s := New(driver.Options{Client: faulty{near}, Service: serviceNear, Config: drivertest.Config(), Owner: o})
	s.Start(nil, nil)
	serviceFar.Write([]byte("x"))
	if end := o.Want(t, session.Internal); end.Code != 1006 {
		t.Errorf("code %d, want 1006: the Close frame was not written", end.Code)
	}
	if _, err := far.Read(make([]byte, 1)); err == nil {
		t.Error("the client reads on")
	}
}

func TestAConnectionInMemoryWorksToo(t *testing.T) {
	near, far := net.Pipe()
	serviceNear, serviceFar := net.Pipe()
	o := drivertest.NewOwner()
	s := New(driver.Options{Client: wholeClose{near}, Service: wholeClose{serviceNear}, Config: drivertest.Config(), Owner: o})
	s.Start(nil, nil)
	go far.Write(drivertest.Masked(frame.Text, []byte("hello")))
	got := make([]byte, 5)
	if _, err := io.ReadFull(serviceFar, got); err != nil || string(got) != "hello" {
		t.Fatalf("%q, %v", got, err)
	}
	s.Cut(session.Drain)
	o.Want(t, session.Drain)
}

// wholeClose is a connection that cannot be half-closed.
type wholeClose struct{ net.Conn }

func (c wholeClose) CloseWrite() error { return c.Close() }
