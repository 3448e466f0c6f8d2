package interop

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/coder/websocket"

	. "switchyard.dev/test/gatewaytest"
)

// maxMessage is more than any message of these tests.
const maxMessage = 64 << 20

type coderSession struct {
	ctx  context.Context
	conn *websocket.Conn
}

func dialCoder(t *testing.T, g *Gateway, url string, subprotocols ...string) session {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	t.Cleanup(cancel)
	transport := &http.Transport{TLSClientConfig: g.ClientTLS()}
	t.Cleanup(transport.CloseIdleConnections)
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient:      &http.Client{Transport: transport},
		Subprotocols:    subprotocols,
		CompressionMode: websocket.CompressionContextTakeover, // offered, to be declined
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	conn.SetReadLimit(maxMessage)
	return &coderSession{ctx: ctx, conn: conn}
}

func (s *coderSession) Subprotocol() string { return s.conn.Subprotocol() }

func (s *coderSession) Send(op byte, p []byte, fragments int) error {
	w, err := s.conn.Writer(s.ctx, websocket.MessageType(op))
	if err != nil {
		return err
	}
	// Each flush of its buffer is a fragment; the library chooses where.
	for _, part := range split(p, fragments) {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return w.Close()
}

func (s *coderSession) Receive() (byte, []byte, error) {
	op, p, err := s.conn.Read(s.ctx)
	return byte(op), p, err
}

func (s *coderSession) Ping() error {
	// Pongs are only seen while somebody reads.
	ctx := s.conn.CloseRead(s.ctx)
	return s.conn.Ping(ctx)
}

func (s *coderSession) Close(code uint16) error {
	return s.conn.Close(websocket.StatusCode(code), "bye")
}

func (s *coderSession) Closed() (uint16, string, error) {
	_, _, err := s.conn.Read(s.ctx)
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return 0, "", fmt.Errorf("no close: %w", err)
	}
	return uint16(closed.Code), closed.Reason, nil
}
