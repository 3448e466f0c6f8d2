package gateway_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchyard.dev/test/gatewaytest"
)

// together is a connection that keeps what is written until it is read from:
// the end of a TLS handshake, the request and the first frames go out as one.
type together struct {
	net.Conn
	kept bytes.Buffer
}

func (c *together) Write(p []byte) (int, error) { return c.kept.Write(p) }

func (c *together) Read(p []byte) (int, error) {
	if _, err := c.kept.WriteTo(c.Conn); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func TestNothingIsLostBetweenTheRooms(t *testing.T) {
	yard := gatewaytest.New(t)
	g := yard.Gateway(gatewaytest.Options{Routes: []gatewaytest.Route{{Path: "/echo", Backends: []string{yard.Echo()}}}})
	for name, tc := range map[string]struct{ cookie, payload int }{
		"a small frame behind a short header":                     {payload: 5},
		"more frames than a header's buffer holds":                {payload: 20 << 10},
		"a small frame behind a header longer than the scratch":   {cookie: 5 << 10, payload: 5},
		"many records of frames behind a header of several reads": {cookie: 12 << 10, payload: 50 << 10},
	} {
		for _, via := range gatewaytest.Transports() {
			t.Run(name+" over "+string(via), func(t *testing.T) {
				tcp, err := net.Dial("tcp", g.Addr(via))
				if err != nil {
					t.Fatal(err)
				}
				defer tcp.Close()
				_ = tcp.SetDeadline(time.Now().Add(gatewaytest.Patience))
				var conn net.Conn = &together{Conn: tcp}
				if via == gatewaytest.Secure {
					conn = tls.Client(conn, g.ClientTLS())
				}
				sent := bytes.Repeat([]byte("early"), tc.payload/5)
				request := gatewaytest.Upgrade("/echo").Add("Cookie", strings.Repeat("c", tc.cookie)).String()
				frames := gatewaytest.Encode(gatewaytest.Binary(sent), gatewaytest.Close(1000, ""))
				if _, err := conn.Write(append([]byte(request), frames...)); err != nil {
					t.Fatal(err)
				}
				wantEcho(t, conn, sent)
			})
		}
	}
}

// wantEcho reads 101, data frames that make up sent, and Close.
func wantEcho(t *testing.T, conn net.Conn, sent []byte) {
	t.Helper()
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("answered %v, %v", answer, err)
	}
	frames, got := gatewaytest.NewReader(in), []byte(nil)
	for {
		f, err := frames.Next()
		if err != nil {
			t.Fatalf("after %d of %d bytes: %v", len(got), len(sent), err)
		}
		if f.Op != gatewaytest.OpBinary {
			break
		}
		got = append(got, f.Payload...)
	}
	if !bytes.Equal(got, sent) {
		t.Errorf("%d bytes came back, want %d", len(got), len(sent))
	}
}
