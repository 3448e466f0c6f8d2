package gateway

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/listener"
)

// handshakeBytes ask for a session at any path.
const handshakeBytes = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

// poison is what a poisoned connection panics at.
const poison = "\xff\xff\xff"

// poisoned is a connection whose reader has a fault.
type poisoned struct{ driver.Conn }

func (c poisoned) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if bytes.Contains(p[:n], []byte(poison)) {
		panic("a fault of our own")
	}
	return n, err
}

// lines is a log that tests may look into.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// echoHere is a service that echoes, and the configuration that leads to it.
func echoHere(t *testing.T) *config.Snapshot {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return &config.Snapshot{
		Listeners: []*config.Listener{{Name: "ws", Address: "127.0.0.1"}},
		Routes: []*config.Route{{
			Name: "echo", Path: &config.PathMatch{Value: "/"},
			Attachments: []*config.Attachment{{Listener: "ws"}},
			Fallback:    &config.Target{Backends: []*config.Backend{{Service: "echo:1", Weight: 1}}},
		}},
		Services: []*config.Service{{Name: "echo:1", Endpoints: []*config.Endpoint{
			{Address: "127.0.0.1", Port: uint32(l.Addr().(*net.TCPAddr).Port), Ready: true},
		}}},
	}
}

func TestAFaultOfOneSessionIsItsAlone(t *testing.T) {
	var log, access lines
	g, err := New(Options{
		Admin: NoAdmin, AccessLog: &access, DrainWindow: -1,
		Log: funcr.New(func(_, args string) { io.WriteString(&log, args+"\n") }, funcr.Options{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	// The gateway's own listeners, but for the fault.
	g.listeners = listener.New(logr.Discard(), func(conn net.Conn, port *listener.Port) {
		a := &arrival{g: g, port: port, from: conn.RemoteAddr().String(), scratch: new([scratchSize]byte), conn: poisoned{conn.(*net.TCPConn)}}
		if refusal, _ := a.read(); refusal != nil {
			t.Errorf("refused: %v", refusal)
		} else if refusal := a.admit(); refusal != nil {
			t.Errorf("refused: %v", refusal)
		}
	}, nil)
	defer g.stop()
	if err := g.Apply(echoHere(t)); err != nil {
		t.Fatal(err)
	}
	faulty, faultyIn := shakeHands(t, g)
	other, otherIn := shakeHands(t, g)

	io.WriteString(faulty, poison)
	want(t, faultyIn, "\x88\x0a\x03\xf3internal", "1011 internal")
	io.WriteString(faulty, "\x88\x80\x00\x00\x00\x00")
	if rest, err := io.ReadAll(faultyIn); len(rest) > 0 || err != nil {
		t.Errorf("then %q, %v, want the end", rest, err)
	}
	faulty.Close()
	io.WriteString(other, "\x82\x85\x00\x00\x00\x00hello")
	want(t, otherIn, "\x82\x05hello", "the other session's echo")
	io.WriteString(other, "\x88\x80\x00\x00\x00\x00")
	want(t, otherIn, "\x88\x00", "the other session's close")

	g.stop() // the access log is written and the registry empty after it
	if n := g.Sessions().Len(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	for _, in := range []string{`"cause":"internal"`, `"cause":"client_close"`} {
		if !strings.Contains(access.String(), in) {
			t.Errorf("the access log has no %s: %s", in, access.String())
		}
	}
	for _, in := range []string{"a fault of our own", `"session"=`, `"route"="echo"`} {
		if !strings.Contains(log.String(), in) {
			t.Errorf("the log has no %s: %s", in, log.String())
		}
	}
}

func shakeHands(t *testing.T, g *Gateway) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn := dial(t, g, "ws")
	io.WriteString(conn, handshakeBytes)
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("answered %v, %v", answer, err)
	}
	return conn, in
}

func want(t *testing.T, in io.Reader, bytes, what string) {
	t.Helper()
	got := make([]byte, len(bytes))
	if n, err := io.ReadFull(in, got); string(got) != bytes {
		t.Fatalf("read %q, %v, want %s, %q", got[:n], err, what, bytes)
	}
}
