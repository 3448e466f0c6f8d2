package link

import (
	"bytes"
	"io"
	"net"
	"testing"
)

// dribble passes TCP on to address, a few bytes at a time towards the client,
// so that records arrive in pieces.
func dribble(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, l, func(client net.Conn) {
		server, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		defer server.Close()
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		}()
		buffer := make([]byte, 7)
		for {
			n, err := server.Read(buffer)
			if err != nil {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	return l.Addr().String()
}

func TestRecordsMayComeInPieces(t *testing.T) {
	d := securely(t, dribble(t, serveTLS(t, echoBack)))
	defer d.Close()
	want := bytes.Repeat([]byte("0123456789"), 5_000)
	s := &scribe{out: want}
	d.Dial(s)
	runUntil(t, d, "the echo", func() bool { return s.in.Len() >= len(want) })
	if !bytes.Equal(s.in.Bytes(), want) || s.ended != 0 {
		t.Errorf("equal %v, ended %d", bytes.Equal(s.in.Bytes(), want), s.ended)
	}
}

func TestTheSecondSessionResumesTheFirst(t *testing.T) {
	d := securely(t, serveTLS(t, echoBack))
	defer d.Close()
	for want := range uint64(3) {
		s := &scribe{out: []byte("x")}
		d.Dial(s)
		runUntil(t, d, "the echo", func() bool { return s.in.Len() == 1 })
		if d.Resumed() != want {
			t.Errorf("%d resumed, want %d", d.Resumed(), want)
		}
	}
}

func TestAHandshakeThatIsNotAnsweredIsLetGo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 2)
	serve(t, l, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1))
		asked <- struct{}{}
		_, _ = io.Copy(io.Discard, conn)
	})
	d := securely(t, l.Addr().String())
	ended, left := &scribe{}, &scribe{}
	c := d.Dial(ended)
	d.Dial(left)
	runUntil(t, d, "both handshakes", func() bool { return len(asked) == 2 })
	c.End(io.EOF)
	if ended.ended != 1 || ended.opened || len(d.waiting) != 1 {
		t.Errorf("ended %d times, opened %v, %d waiting; want once, never, the other", ended.ended, ended.opened, len(d.waiting))
	}
	d.Close()
	if left.ended != 0 {
		t.Error("Close told a machine of its end")
	}
}
