package client

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"switchyard.dev/hack/load/internal/wire"
)

// drained is a server that pings every session, and once it is told to stop
// closes all that answered with 1001.
func drained(t *testing.T, stop <-chan struct{}) string {
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
			go drain(t, conn, stop)
		}
	}()
	return l.Addr().String()
}

func drain(t *testing.T, conn net.Conn, stop <-chan struct{}) {
	defer conn.Close()
	head := make([]byte, wire.MaxHead)
	n, err := conn.Read(head)
	if err != nil {
		return
	}
	answer, err := wire.Answer(head[:n])
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = conn.Write(wire.AppendServerFrame(answer, wire.Ping, []byte("?")))
	pong := make([]byte, len(wire.AppendClientFrame(nil, wire.Pong, []byte("?"))))
	if _, err := io.ReadFull(conn, pong); err != nil {
		return
	}
	<-stop
	_, _ = conn.Write(wire.AppendServerFrame(nil, wire.Close, []byte("\x03\xe9")))
	_, _ = io.Copy(io.Discard, conn)
}

func TestHoldTellsHowSessionsEnded(t *testing.T) {
	stop := make(chan struct{})
	c := config(Idle)
	c.URL, c.Sessions, c.Duration = "ws://"+drained(t, stop)+"/", 7, time.Minute
	held := 0
	r, err := Hold(t.Context(), c, func(n int) { held = n; close(stop) })
	if err != nil {
		t.Fatal(err)
	}
	if held != 7 || r.Pinged != 7 || r.Errors["close_1001"] != 7 || len(r.Errors) != 1 || r.Sessions.Open != 0 {
		t.Errorf("held %d, pinged %d, errors %v, %d open; want 7, 7, 7 close_1001, none", held, r.Pinged, r.Errors, r.Sessions.Open)
	}
}

func TestHoldEndsInTime(t *testing.T) {
	c := config(Idle)
	c.URL, c.Duration = "ws://"+drained(t, nil)+"/", time.Millisecond
	r, err := Hold(t.Context(), c, func(int) {})
	if err != nil || r.Sessions.Open != 1 || len(r.Errors) != 0 {
		t.Errorf("%+v, %v; want one that is still open", r, err)
	}
}

func TestHoldStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := config(Idle)
	c.URL, c.Duration = "ws://"+drained(t, nil)+"/", time.Hour
	if _, err := Hold(ctx, c, func(int) { cancel() }); err == nil {
		t.Error("a cancelled hold: no error")
	}
}
