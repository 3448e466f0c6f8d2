package link

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
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

// drivers opens both kinds to one address.
func drivers(t *testing.T, address string) map[string]Driver {
	t.Helper()
	loop, err := NewLoop(netip.MustParseAddrPort(address))
	if err != nil {
		t.Fatal(err)
	}
	var dialer net.Dialer
	return map[string]Driver{
		"loop": loop,
		"blocking": NewBlocking(func(ctx context.Context) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", address)
		}),
	}
}

// listen serves every connection with handle.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
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
	return l.Addr().String()
}

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
	address := listen(t, func(conn net.Conn) { _, _ = io.Copy(conn, conn) })
	want := bytes.Repeat([]byte("0123456789"), 400_000)
	for name, d := range drivers(t, address) {
		t.Run(name, func(t *testing.T) {
			defer d.Close()
			s := &scribe{out: want}
			d.Do(func() { d.Dial(s) })
			runUntil(t, d, "the echo", func() bool { return s.in.Len() >= len(want) })
			d.Do(func() {
				if !s.opened || s.ended != 0 || !bytes.Equal(s.in.Bytes(), want) {
					t.Errorf("opened %v, ended %d, equal %v", s.opened, s.ended, bytes.Equal(s.in.Bytes(), want))
				}
			})
		})
	}
}

func TestKickWritesWhatCameLater(t *testing.T) {
	address := listen(t, func(conn net.Conn) { _, _ = io.Copy(conn, conn) })
	for name, d := range drivers(t, address) {
		t.Run(name, func(t *testing.T) {
			defer d.Close()
			s := &scribe{}
			var c Conn
			d.Do(func() { c = d.Dial(s) })
			runUntil(t, d, "the connection", func() bool { return s.opened })
			d.Do(func() {
				s.out = []byte("late")
				c.Kick()
			})
			runUntil(t, d, "the echo", func() bool { return s.in.String() == "late" })
		})
	}
}

func TestAMachineHearsOnceHowItEnded(t *testing.T) {
	echo := listen(t, func(conn net.Conn) { _, _ = io.Copy(conn, conn) })
	mute := listen(t, func(net.Conn) {})
	failed := errors.New("failed")
	free := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}()
	tests := map[string]struct {
		address string
		scribe  scribe
		act     func(Conn)
		want    error
	}{
		"nobody listens":            {address: free, want: unix.ECONNREFUSED},
		"the other end closes":      {address: mute, want: io.EOF},
		"the machine fails":         {address: echo, scribe: scribe{out: []byte("x"), fail: failed}, want: failed},
		"the machine is done":       {address: echo, scribe: scribe{out: []byte("bye"), over: true}},
		"it is ended from outside":  {address: echo, act: func(c Conn) { c.End(failed) }, want: failed},
		"it is ended without error": {address: echo, act: func(c Conn) { c.End(nil) }},
		"it is ended twice":         {address: mute, act: func(c Conn) { c.End(failed); c.End(io.EOF) }, want: failed},
	}
	for name, tc := range tests {
		for kind, d := range drivers(t, tc.address) {
			t.Run(name+" over "+kind, func(t *testing.T) {
				defer d.Close()
				s := tc.scribe
				var c Conn
				d.Do(func() {
					c = d.Dial(&s)
					if tc.act != nil {
						tc.act(c)
					}
				})
				runUntil(t, d, "the end", func() bool { return s.ended > 0 })
				d.Do(func() {
					if s.ended != 1 || !errors.Is(s.err, tc.want) {
						t.Errorf("ended %d times with %v, want once with %v", s.ended, s.err, tc.want)
					}
				})
			})
		}
	}
}

func TestCloseEndsNoMachine(t *testing.T) {
	address := listen(t, func(conn net.Conn) { _, _ = io.Copy(conn, conn) })
	for name, d := range drivers(t, address) {
		t.Run(name, func(t *testing.T) {
			s := &scribe{out: []byte("x")}
			d.Do(func() { d.Dial(s) })
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
	address := netip.MustParseAddrPort(listen(t, func(net.Conn) {}))
	if _, err := loop.Listen(address, nil); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("error %v, want EADDRINUSE", err)
	}
}

func TestRunEndsAtItsDeadline(t *testing.T) {
	for name, d := range drivers(t, "127.0.0.1:1") {
		if err := d.Run(time.Now().Add(time.Millisecond), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d.Close()
	}
}
