//go:build linux

package loop

import (
	"io"
	"net"
	"testing"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// hears reads so much of conn.
func hears(t *testing.T, conn net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	conn.SetReadDeadline(time.Now().Add(drivertest.Patience))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
}

func accept(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestAClientComesBack(t *testing.T) {
	message := drivertest.Masked(frame.Binary, []byte("message"))
	for name, enter := range map[string]func(*testing.T, *hall) (near driver.Conn, far net.Conn){
		"over plain TCP": func(t *testing.T, h *hall) (driver.Conn, net.Conn) { return h.enter(t) },
		"over TLS":       func(t *testing.T, h *hall) (driver.Conn, net.Conn) { return h.secured(t) },
	} {
		t.Run(name, func(t *testing.T) {
			g, services := group(t), listen(t)
			h := newHall(t, g).leadsTo(services)
			near, far := enter(t, h)
			if !Drives(near) {
				t.Fatal("it cannot come back")
			}
			far.Write(append([]byte("?"), message...))
			if _, err := near.Read(make([]byte, 1)); err != nil { // TLS has read the message, too
				t.Fatal(err)
			}
			Resume(near, h)
			service := accept(t, services)
			hears(t, service, "message")
			hears(t, far, "101")
			far.Write(message)
			hears(t, service, "message")
			service.Write([]byte("answer"))
			hears(t, far, "\x82\x06answer")
			service.Close()
			far.Close()
			<-h.owner.Ends
		})
	}
}

func TestAClientComesBackTwice(t *testing.T) {
	nobody, services := listen(t), listen(t)
	nobody.Close()
	h := newHall(t, group(t)).leadsTo(nobody)
	near, far := h.secured(t)
	Resume(near, h)
	if conn := <-h.failed; conn != driver.Conn(near) {
		t.Fatalf("given a %T", conn)
	}
	io.WriteString(near, "sorry")
	hears(t, far, "sorry")
	Resume(near, h.leadsTo(services))
	service := accept(t, services)
	hears(t, far, "101")
	service.Close()
	far.Close()
	<-h.owner.Ends
}

func TestASessionWithAServiceThatAGoroutineHasFound(t *testing.T) {
	g := group(t)
	h := newHall(t, g)
	near, far := h.secured(t)
	service, backend := drivertest.TCPPair(t)
	s := g.New(driver.Options{Client: near, Service: service, Config: drivertest.Config(), Owner: h.owner})
	if err := s.Adopt(); err != nil {
		t.Fatal(err)
	}
	s.Start([]byte("answer"), drivertest.Masked(frame.Binary, []byte("early")))
	hears(t, backend, "early")
	backend.Write([]byte("x"))
	hears(t, far, "answer\x82\x01x")
	s.Cut(session.Drain)
	h.owner.Want(t, session.Drain)
}
