package crowd

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	. "switchyard.dev/test/gatewaytest"
)

const size = 20

// lively is a pace for tests: there is nothing to wait for.
var lively = Pace{Pause: time.Millisecond, Stall: Patience, CloseWait: Patience}

// through are the entrances of a gateway.
func through(g *Gateway, path string) []Entrance {
	return []Entrance{
		{Address: g.Addr(Plain), Host: ServerName, Path: path, Subprotocol: "echo"},
		{Address: g.Addr(Secure), Host: ServerName, Path: path, Subprotocol: "echo", TLS: g.ClientTLS()},
	}
}

// gather lets a crowd in and has its first report, which holds no surprise.
func gather(t *testing.T, size int, pace Pace, entrances ...Entrance) *Crowd {
	t.Helper()
	c := Gather(size, pace, entrances...)
	t.Cleanup(func() { c.Disperse() })
	if r := report(t, c); len(r.Fresh) != size || len(r.Held) != 0 {
		t.Fatalf("a new crowd of %d reports %+v", size, r)
	}
	return c
}

func report(t *testing.T, c *Crowd) Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	r, err := c.Report(ctx)
	if err != nil {
		t.Fatalf("%v: %+v", err, r)
	}
	return r
}

// wantClosed fails the test unless all endings are proper ones with this code.
func wantClosed(t *testing.T, endings []Ending, n int, code uint16) {
	t.Helper()
	if len(endings) != n {
		t.Errorf("%d sessions ended, want %d", len(endings), n)
	}
	for _, e := range endings {
		if e.Lost != nil || e.Code != code {
			t.Errorf("%v, want a proper Close %d", e, code)
		}
	}
}

func echoRoute(y *Yard, path string) Route {
	return Route{Path: path, Subprotocols: []string{"echo"}, Backends: []string{y.Echo()}}
}

func TestSessionsThatNothingHappensToAreHeld(t *testing.T) {
	y := New(t)
	route := echoRoute(y, "/echo")
	g := y.Gateway(Options{Routes: []Route{route}})
	c := gather(t, size, lively, through(g, "/echo")...)
	g.Apply(route, echoRoute(y, "/other"))
	r := report(t, c)
	if len(r.Held) != size || len(r.Fresh)+len(r.Endings)+len(r.Failures) != 0 {
		t.Errorf("a change that is nobody's concern gives %+v", r)
	}
	wantClosed(t, c.Disperse(), size, 1000)
}

func TestSessionsOfAGatewayThatDrainsAreClosedProperlyAndComeBackElsewhere(t *testing.T) {
	y := New(t)
	route := echoRoute(y, "/echo")
	old := y.Gateway(Options{Routes: []Route{route}, DrainWindow: 50 * time.Millisecond})
	next := y.Gateway(Options{Routes: []Route{route}})
	balancer := newBalancer(y, old.Addr(Plain))
	c := gather(t, size, lively, Entrance{Address: balancer.addr, Host: ServerName, Path: "/echo", Subprotocol: "echo"})
	balancer.sendTo(next.Addr(Plain))
	old.Stop(t)
	r := report(t, c)
	if len(r.Held) != 0 || len(r.Fresh) != size || len(r.Failures) != 0 {
		t.Errorf("%d are held, %d fresh, failures %v", len(r.Held), len(r.Fresh), r.Failures)
	}
	wantClosed(t, r.Endings, size, 1001)
}

func TestReportsOneAfterTheOtherAreOne(t *testing.T) {
	first := Report{Held: []string{"stays", "goes"}, Fresh: []string{"came", "came and went"}, Endings: []Ending{{Session: "went"}}}
	next := Report{Held: []string{"stays", "came"}, Fresh: []string{"comes"}, Endings: []Ending{{Session: "goes"}, {Session: "came and went"}}, Failures: []error{io.EOF}}
	want := Report{
		Held: []string{"stays"}, Fresh: []string{"came", "comes"},
		Endings:  []Ending{{Session: "went"}, {Session: "goes"}, {Session: "came and went"}},
		Failures: []error{io.EOF},
	}
	if got := first.Then(next); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestWhatServersDoWrongIsLost(t *testing.T) {
	impatient := Pace{Pause: time.Millisecond, Stall: 100 * time.Millisecond, CloseWait: 100 * time.Millisecond}
	for name, tc := range map[string]struct {
		serve func(*net.TCPConn)
		pace  Pace
		want  string
	}{
		"a reset": {serve: func(c *net.TCPConn) { _ = c.SetLinger(0) }, want: "without a Close frame"},
		"an end without Close": {serve: func(c *net.TCPConn) {
			_ = c.CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}, want: "without a Close frame: EOF"},
		"silence": {serve: func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }, pace: impatient, want: "i/o timeout"},
		"data that nobody sent": {serve: func(c *net.TCPConn) {
			_, _ = c.Write(Encode(Binary([]byte("hello")).Unmasked()))
			_, _ = io.Copy(io.Discard, c)
		}, want: "not the next of"},
		"a text message": {serve: func(c *net.TCPConn) {
			_, _ = c.Write(Encode(Text("hello").Unmasked()))
			_, _ = io.Copy(io.Discard, c)
		}, want: "unexpected text"},
		"a masked frame": {serve: func(c *net.TCPConn) {
			_, _ = c.Write(Encode(Binary([]byte("hello"))))
			_, _ = io.Copy(io.Discard, c)
		}, want: "5.1"},
		"data after Close": {serve: func(c *net.TCPConn) {
			_, _ = c.Write(Encode(Close(1001, "").Unmasked(), Binary([]byte("hello")).Unmasked()))
			_, _ = io.Copy(io.Discard, c)
		}, want: "after the Close frame"},
		"a connection that stays open behind Close": {serve: func(c *net.TCPConn) {
			_, _ = c.Write(Encode(Close(1001, "").Unmasked()))
			_, _ = io.Copy(io.Discard, c)
		}, pace: impatient, want: "after the Close frame"},
	} {
		t.Run(name, func(t *testing.T) {
			end := endOf(t, tc.pace, tc.serve)
			if end.Lost == nil || !strings.Contains(end.Lost.Error(), tc.want) {
				t.Errorf("the crowd says: %v, want lost: %q", end, tc.want)
			}
		})
	}
}

func TestACloseFrameAndTheEndAreProperWhateverTheCode(t *testing.T) {
	end := endOf(t, Pace{}, func(c *net.TCPConn) {
		_, _ = c.Write(Encode(Close(1012, "restart").Unmasked()))
		_ = c.CloseWrite()
		_, _ = io.Copy(io.Discard, c)
	})
	if end.Lost != nil || end.Code != 1012 || end.Reason != "restart" {
		t.Errorf("the crowd says: %v", end)
	}
}

func TestAHandshakeThatIsRefusedIsAFailure(t *testing.T) {
	y := New(t)
	g := y.Gateway(Options{Routes: []Route{{Path: "/echo", Subprotocols: []string{"echo"}}}})
	c := Gather(1, lively, through(g, "/echo")...)
	defer c.Disperse()
	var r Report
	Eventually(t, "a failure", func() bool {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		var err error
		r, err = c.Report(over)
		return err != nil && len(r.Failures) > 0
	})
	if text := r.Failures[0].Error(); !strings.Contains(text, "503") {
		t.Errorf("the failure is %q", text)
	}
}

// endOf is how the first session with a server ends that shakes hands and then
// does what it likes.
func endOf(t *testing.T, pace Pace, serve func(*net.TCPConn)) Ending {
	t.Helper()
	y := New(t)
	addr := y.Serve(func(conn *net.TCPConn) {
		if shake(conn) {
			serve(conn)
		}
	})
	if pace == (Pace{}) {
		pace = lively
	}
	c := Gather(1, pace, Entrance{Address: addr, Host: ServerName, Path: "/", Subprotocol: "echo"})
	defer c.Disperse()
	var endings []Ending
	Eventually(t, "an ending", func() bool {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		r, _ := c.Report(over)
		endings = append(endings, r.Endings...)
		return len(endings) > 0
	})
	return endings[0]
}

// shake takes a handshake, without a look at it.
func shake(conn net.Conn) bool {
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		return false
	}
	_, err := io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: "+Accept(Key)+"\r\nSec-WebSocket-Protocol: echo\r\n\r\n")
	return err == nil
}
