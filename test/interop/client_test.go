package interop

import (
	"testing"

	. "switchyard.dev/test/gatewaytest"
)

// dial opens a session with a client library that offers subprotocols. The
// session is closed when the test ends.
type dial func(t *testing.T, g *Gateway, url string, subprotocols ...string) session

// session is what every library can do, in one shape.
type session interface {
	// Subprotocol is what the handshake agreed on.
	Subprotocol() string
	// Send writes one message, in so many fragments.
	Send(op byte, p []byte, fragments int) error
	// Receive reads one message.
	Receive() (op byte, p []byte, err error)
	// Ping sends a ping and waits for its pong, reading no message before it.
	Ping() error
	// Close does the close handshake with this code.
	Close(code uint16) error
	// Closed reads until the gateway closes, and returns its code and reason.
	Closed() (code uint16, reason string, err error)
}

// libraries are the clients, by module.
func libraries() map[string]dial {
	return map[string]dial{
		"coder/websocket":   dialCoder,
		"gorilla/websocket": dialGorilla,
		"gobwas/ws":         dialGobwas,
	}
}
