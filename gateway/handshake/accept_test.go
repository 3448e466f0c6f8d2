package handshake

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendAccept(t *testing.T) {
	// The example of RFC 6455 1.3.
	r := &Request{Key: "dGhlIHNhbXBsZSBub25jZQ=="}
	const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

	for name, tc := range map[string]struct{ subprotocol, want string }{
		"the chosen subprotocol is named": {subprotocol: "chat", want: head + "Sec-WebSocket-Protocol: chat\r\n\r\n"},
		"none is named where none is":     {subprotocol: "", want: head + "\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff("before "+tc.want, string(r.AppendAccept([]byte("before "), tc.subprotocol))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAppendAcceptAllocatesNothing(t *testing.T) {
	r := &Request{Key: "dGhlIHNhbXBsZSBub25jZQ=="}
	answer := make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() { answer = r.AppendAccept(answer[:0], "chat") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
