package link

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// long is a deadline that no passing test reaches.
const long = time.Minute

// scribe writes what it is given and keeps what it reads.
type scribe struct {
	out    []byte
	in     bytes.Buffer
	opened bool
	over   bool
	ended  int
	err    error
	fail   error
}

func (s *scribe) Opened() { s.opened = true }

func (s *scribe) Input(b []byte) error {
	s.in.Write(b)
	return s.fail
}

func (s *scribe) Output() []byte { return s.out }
func (s *scribe) Wrote(n int)    { s.out = s.out[n:] }
func (s *scribe) Done() bool     { return s.over }

func (s *scribe) Ended(err error) {
	s.ended++
	s.err = err
}

// drivers are both kinds, over to what handle serves.
func drivers(t *testing.T, handle func(net.Conn)) map[string]Driver {
	t.Helper()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, plain, handle)
	return map[string]Driver{"loop": dialing(t, plain.Addr().String()), "secure": securely(t, serveTLS(t, handle))}
}

// serveTLS serves every TLS connection with handle, and says where.
func serveTLS(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	certificates := httptest.NewUnstartedServer(nil)
	certificates.StartTLS()
	t.Cleanup(certificates.Close)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certificates.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, l, handle)
	return l.Addr().String()
}

// dialing is a loop that connects to address.
func dialing(t *testing.T, address string) *Loop {
	t.Helper()
	loop, err := NewLoop(netip.MustParseAddrPort(address))
	if err != nil {
		t.Fatal(err)
	}
	return loop
}

// securely is the same with TLS, which takes any certificate and resumes.
func securely(t *testing.T, address string) *Secure {
	t.Helper()
	return NewSecure(dialing(t, address), &tls.Config{
		InsecureSkipVerify: true, ClientSessionCache: tls.NewLRUClientSessionCache(1), ServerName: "x",
	})
}

// serve serves every connection with handle.
func serve(t *testing.T, l net.Listener, handle func(net.Conn)) {
	t.Helper()
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				handle(conn)
			}()
		}
	}()
}

func echoBack(conn net.Conn) { _, _ = io.Copy(conn, conn) }

// runUntil lets d work until the condition holds.
func runUntil(t *testing.T, d Driver, what string, condition func() bool) {
	t.Helper()
	held := false
	err := d.Run(time.Now().Add(long), func() bool { held = condition(); return held })
	if err != nil || !held {
		t.Fatalf("waiting for %s: held %v, error %v", what, held, err)
	}
}

func TestBytesGoBothWays(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), 400_000)
	for name, d := range drivers(t, echoBack) {
		t.Run(name, func(t *testing.T) {
			defer d.Close()
			s := &scribe{out: want}
			d.Dial(s)
			runUntil(t, d, "the echo", func() bool { return s.in.Len() >= len(want) })
			if !s.opened || s.ended != 0 || !bytes.Equal(s.in.Bytes(), want) {
				t.Errorf("opened %v, ended %d, equal %v", s.opened, s.ended, bytes.Equal(s.in.Bytes(), want))
			}
		})
	}
}

func TestKickWritesWhatCameLater(t *testing.T) {
	for name, d := range drivers(t, echoBack) {
		t.Run(name, func(t *testing.T) {
			defer d.Close()
			s := &scribe{}
			c := d.Dial(s)
			runUntil(t, d, "the connection", func() bool { return s.opened })
			s.out = []byte("late")
			c.Kick()
			runUntil(t, d, "the echo", func() bool { return s.in.String() == "late" })
		})
	}
}

// closes ends a connection as soon as it stands.
func closes(conn net.Conn) {
	if c, ok := conn.(*tls.Conn); ok {
		_ = c.Handshake()
	}
}

// nobody is drivers to where nobody listens.
func nobody(t *testing.T) map[string]Driver {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	return map[string]Driver{"loop": dialing(t, address), "secure": securely(t, address)}
}

func TestAMachineHearsOnceHowItEnded(t *testing.T) {
	failed := errors.New("failed")
	tests := map[string]struct {
		handle func(net.Conn) // nil: nobody listens
		scribe scribe
		act    func(Conn)
		want   error
	}{
		"nobody listens":            {want: unix.ECONNREFUSED},
		"the other end closes":      {handle: closes, want: io.EOF},
		"the machine fails":         {handle: echoBack, scribe: scribe{out: []byte("x"), fail: failed}, want: failed},
		"the machine is done":       {handle: echoBack, scribe: scribe{out: []byte("bye"), over: true}},
		"it is ended from outside":  {handle: echoBack, act: func(c Conn) { c.End(failed) }, want: failed},
		"it is ended without error": {handle: echoBack, act: func(c Conn) { c.End(nil) }},
		"it is ended twice":         {handle: closes, act: func(c Conn) { c.End(failed); c.End(io.EOF) }, want: failed},
	}
	for name, tc := range tests {
		ds := nobody(t)
		if tc.handle != nil {
			ds = drivers(t, tc.handle)
		}
		for kind, d := range ds {
			t.Run(name+" over "+kind, func(t *testing.T) {
				defer d.Close()
				s := tc.scribe
				c := d.Dial(&s)
				if tc.act != nil {
					tc.act(c)
				}
				runUntil(t, d, "the end", func() bool { return s.ended > 0 })
				if s.ended != 1 || !errors.Is(s.err, tc.want) {
					t.Errorf("ended %d times with %v, want once with %v", s.ended, s.err, tc.want)
				}
			})
		}
	}
}

func TestCloseEndsNoMachine(t *testing.T) {
	for name, d := range drivers(t, echoBack) {
		t.Run(name, func(t *testing.T) {
			s := &scribe{out: []byte("x")}
			d.Dial(s)
			runUntil(t, d, "the echo", func() bool { return s.in.Len() == 1 })
			d.Close()
			if s.ended != 0 {
				t.Errorf("ended with %v", s.err)
			}
		})
	}
}

func TestALoopListens(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			loop, err := NewLoop(netip.AddrPort{})
			if err != nil {
				t.Fatal(err)
			}
			defer loop.Close()
			accepted := &scribe{out: []byte("hello")}
			bound, err := loop.Listen(netip.MustParseAddrPort(address), func() Machine { return accepted })
			if errors.Is(err, unix.EADDRNOTAVAIL) || errors.Is(err, unix.EAFNOSUPPORT) {
				t.Skip("this host has no IPv6 loopback")
			}
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("tcp", bound.String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := conn.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			runUntil(t, loop, "the byte", func() bool { return accepted.in.String() == "x" && len(accepted.out) == 0 })
			got := make([]byte, 5)
			if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello" {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
}

func TestAnAddressInUseIsAnError(t *testing.T) {
	loop, err := NewLoop(netip.AddrPort{})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := netip.MustParseAddrPort(l.Addr().String())
	if _, err := loop.Listen(address, nil); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("error %v, want EADDRINUSE", err)
	}
}

func TestRunEndsAtItsDeadline(t *testing.T) {
	for name, d := range nobody(t) {
		if err := d.Run(time.Now().Add(time.Millisecond), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d.Close()
	}
}
