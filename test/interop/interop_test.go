package interop

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// sizes are those at which the encoding of lengths changes, and a large one.
var sizes = []int{0, 1, 125, 126, 65535, 65536, 1 << 20}

// split cuts p into n parts of about the same size.
func split(p []byte, n int) [][]byte {
	parts := make([][]byte, n)
	for i := range parts {
		parts[i] = p[i*len(p)/n : (i+1)*len(p)/n]
	}
	return parts
}

// payload is size bytes that are UTF-8 too.
func payload(size int) []byte {
	return []byte(strings.Repeat("Switchyard, ", size/12+1)[:size])
}

func TestLibraries(t *testing.T) {
	y := New(t)
	script := y.Script()
	echo := []string{y.Echo()}
	g := y.Gateway(Options{Routes: []Route{
		{Path: "/echo", Subprotocols: []string{"echo", "other", ""}, Backends: echo},
		{Path: "/typed", Subprotocols: []string{"typed"}, Backends: echo, Framing: config.Framing_TYPED},
		{Path: "/script", Backends: []string{script.Addr}},
	}})
	for name, dial := range libraries() {
		for _, via := range Transports() {
			t.Run(name+" over "+string(via), func(t *testing.T) {
				open := func(t *testing.T, path string, subprotocols ...string) session {
					t.Helper()
					return dial(t, g, g.URL(via, path), subprotocols...)
				}
				t.Run("stream", func(t *testing.T) { testStream(t, open(t, "/echo", "echo")) })
				t.Run("typed", func(t *testing.T) { testTyped(t, open(t, "/typed", "typed")) })
				t.Run("subprotocols", func(t *testing.T) {
					for _, tc := range []struct {
						offered []string
						want    string
					}{{nil, ""}, {[]string{"echo"}, "echo"}, {[]string{"unknown", "other", "echo"}, "other"}} {
						if got := open(t, "/echo", tc.offered...).Subprotocol(); got != tc.want {
							t.Errorf("of %q %q was chosen, want %q", tc.offered, got, tc.want)
						}
					}
				})
				t.Run("ping", func(t *testing.T) {
					if err := open(t, "/echo", "echo").Ping(); err != nil {
						t.Error(err)
					}
				})
				for _, code := range []uint16{1000, 1001, 3000, 4999} {
					t.Run(fmt.Sprintf("the client closes with %d", code), func(t *testing.T) {
						if err := open(t, "/echo", "echo").Close(code); err != nil {
							t.Error(err)
						}
					})
				}
				t.Run("the service closes", func(t *testing.T) {
					s := open(t, "/script")
					_ = script.Accept(t).Close()
					wantClosed(t, s, 1000, "backend_eof")
				})
				t.Run("the service resets", func(t *testing.T) {
					s := open(t, "/script")
					script.Accept(t).Reset()
					if name == "gorilla/websocket" {
						wantUnknownCode(t, s)
						return
					}
					wantClosed(t, s, 1014, "backend_reset")
				})
			})
		}
	}
}

func wantClosed(t *testing.T, s session, code uint16, reason string) {
	t.Helper()
	gotCode, gotReason, err := s.Closed()
	if err != nil || gotCode != code || gotReason != reason {
		t.Errorf("closed with %d %q and %v, want %d %q", gotCode, gotReason, err, code, reason)
	}
}

// wantUnknownCode: gorilla/websocket takes 1014, registered after the RFC, for
// an error of the protocol, and says so.
func wantUnknownCode(t *testing.T, s session) {
	t.Helper()
	if _, _, err := s.Closed(); err == nil || !strings.Contains(err.Error(), "1014") {
		t.Errorf("read %v, want the complaint about 1014", err)
	}
}

// testStream: a stream keeps no boundaries, so what comes back is compared as
// bytes.
func testStream(t *testing.T, s session) {
	for _, op := range []byte{OpText, OpBinary} {
		for _, size := range sizes {
			for _, fragments := range []int{1, 5} {
				p := payload(size)
				sent := make(chan error, 1)
				go func() { sent <- s.Send(op, p, fragments) }()
				var got []byte
				for len(got) < len(p) {
					kind, part, err := s.Receive()
					if err != nil || kind != OpBinary {
						t.Fatalf("after %d of %d bytes: opcode %d, %v", len(got), size, kind, err)
					}
					got = append(got, part...)
				}
				if err := <-sent; err != nil || !bytes.Equal(got, p) {
					t.Fatalf("%d bytes in %d fragments came back as %d other ones, %v", size, fragments, len(got), err)
				}
			}
		}
	}
}

// testTyped: boundaries and kinds are kept.
func testTyped(t *testing.T, s session) {
	for _, size := range sizes {
		for _, op := range []byte{OpText, OpBinary} {
			for _, fragments := range []int{1, 5} {
				p := payload(size)
				sent := make(chan error, 1)
				go func() { sent <- s.Send(op, p, fragments) }()
				kind, got, err := s.Receive()
				if err != nil || kind != op || !bytes.Equal(got, p) {
					t.Fatalf("%d bytes with opcode %d came back as %d with opcode %d, %v", size, op, len(got), kind, err)
				}
				if err := <-sent; err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
