//go:build linux

package loop

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var past = time.Unix(1, 0)

// A read begins before or after what ends it: it must not matter.
func TestAGoroutinesReadEndsWith(t *testing.T) {
	for name, tc := range map[string]struct {
		do   func(conn *custody, client *net.TCPConn)
		want error
	}{
		"what the client says":    {func(_ *custody, client *net.TCPConn) { _, _ = client.Write([]byte{'x'}) }, nil},
		"the client's end":        {func(_ *custody, client *net.TCPConn) { client.CloseWrite() }, io.EOF},
		"the client's reset":      {func(_ *custody, client *net.TCPConn) { client.SetLinger(0); client.Close() }, unix.ECONNRESET},
		"a deadline to come":      {func(conn *custody, _ *net.TCPConn) { conn.SetDeadline(time.Now().Add(time.Millisecond)) }, os.ErrDeadlineExceeded},
		"a deadline that is over": {func(conn *custody, _ *net.TCPConn) { conn.SetReadDeadline(past) }, os.ErrDeadlineExceeded},
		"Close":                   {func(conn *custody, _ *net.TCPConn) { conn.Close() }, net.ErrClosed},
		"the end of its shard":    {func(conn *custody, _ *net.TCPConn) { conn.s.shard.Load().post(letter{what: end}) }, net.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			conn, client := newHall(t, group(t)).enter(t)
			read := make(chan error, 1)
			go func() {
				_, err := conn.Read(make([]byte, 8))
				read <- err
			}()
			tc.do(conn, client)
			if err := <-read; !errors.Is(err, tc.want) {
				t.Errorf("read ends with %v, want %v", err, tc.want)
			}
			if tc.want == nil {
				return
			}
			again := tc.want
			if again == unix.ECONNRESET {
				again = io.EOF // the kernel tells of a reset once
			}
			if _, err := conn.Read(make([]byte, 8)); !errors.Is(err, again) {
				t.Errorf("a second read ends with %v, want %v", err, again)
			}
		})
	}
}

func TestAGoroutinesWriteEndsWith(t *testing.T) {
	for name, tc := range map[string]struct {
		do   func(conn *custody, client *net.TCPConn)
		want error
	}{
		"a deadline to come":      {func(conn *custody, _ *net.TCPConn) { conn.SetDeadline(time.Now().Add(time.Millisecond)) }, os.ErrDeadlineExceeded},
		"a deadline that is over": {func(conn *custody, _ *net.TCPConn) { conn.SetWriteDeadline(past) }, os.ErrDeadlineExceeded},
		"Close":                   {func(conn *custody, _ *net.TCPConn) { conn.Close() }, net.ErrClosed},
		"the client's reset":      {func(_ *custody, client *net.TCPConn) { client.SetLinger(0); client.Close() }, unix.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			conn, client := newHall(t, group(t)).enter(t)
			// More than any socket holds, for a client that reads nothing.
			written := make(chan error, 1)
			go func() {
				_, err := conn.Write(make([]byte, 64<<20))
				written <- err
			}()
			tc.do(conn, client)
			if err := <-written; !errors.Is(err, tc.want) && !(tc.want == unix.ECONNRESET && errors.Is(err, unix.EPIPE)) {
				t.Errorf("write ends with %v, want %v", err, tc.want)
			}
		})
	}
}

func TestAGoroutinesWriteWaitsForASlowClient(t *testing.T) {
	conn, client := newHall(t, group(t)).enter(t)
	sent := bytes.Repeat([]byte("0123456789"), 1<<20)
	go func() {
		_, _ = conn.Write(sent)
		conn.Close()
	}()
	got, err := io.ReadAll(client)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d came, %v", len(got), len(sent), err)
	}
}

func TestAReadGoesOnAfterADeadline(t *testing.T) {
	conn, client := newHall(t, group(t)).enter(t)
	conn.SetReadDeadline(past)
	client.Write([]byte{'x'})
	if _, err := conn.Read(make([]byte, 8)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read ends with %v", err)
	}
	conn.SetReadDeadline(time.Time{})
	if n, err := conn.Read(make([]byte, 8)); n != 1 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
}

func TestAGoroutineEndsItsHalf(t *testing.T) {
	conn, client := newHall(t, group(t)).enter(t)
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the client reads %v", err)
	}
	client.Write([]byte{'x'})
	if n, err := conn.Read(make([]byte, 8)); n != 1 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
}

func TestAClosedClientIsCountedNoMore(t *testing.T) {
	g := group(t)
	conn, client := newHall(t, g).enter(t)
	if conn.Close() != nil || conn.Close() == nil || conn.CloseWrite() == nil || conn.SetDeadline(past) == nil {
		t.Error("it is not closed once")
	}
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the client reads %v", err)
	}
	g.Close()
	for _, l := range g.shards {
		if n := l.sessions.Load(); n != 0 {
			t.Errorf("%d sessions are left", n)
		}
	}
}

func TestAGoroutinesClientHasAnAddress(t *testing.T) {
	conn, client := newHall(t, group(t)).enter(t)
	if got, want := conn.RemoteAddr().String(), client.LocalAddr().String(); got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
}

func TestAGoroutineHasWhatIsLeftOfThePatience(t *testing.T) {
	h := newHall(t, group(t))
	client, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.Write([]byte{'x'})
	conn := (<-h.detoured).(*custody)
	defer conn.Close()
	for _, w := range []*way{&conn.in, &conn.out} {
		if left := time.Until(w.until); left <= 0 || left > h.Patience() {
			t.Errorf("it has %v", left)
		}
	}
}
