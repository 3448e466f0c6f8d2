package interop

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	. "switchyard.dev/test/gatewaytest"
)

type gorillaSession struct{ conn *websocket.Conn }

func dialGorilla(t *testing.T, g *Gateway, url string, subprotocols ...string) session {
	t.Helper()
	dialer := websocket.Dialer{
		TLSClientConfig:   g.ClientTLS(),
		HandshakeTimeout:  Patience,
		Subprotocols:      subprotocols,
		EnableCompression: true, // offered, to be declined
	}
	conn, _, err := dialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	deadline := time.Now().Add(Patience)
	if err := errors.Join(conn.SetReadDeadline(deadline), conn.SetWriteDeadline(deadline)); err != nil {
		t.Fatal(err)
	}
	return &gorillaSession{conn: conn}
}

func (s *gorillaSession) Subprotocol() string { return s.conn.Subprotocol() }

func (s *gorillaSession) Send(op byte, p []byte, fragments int) error {
	w, err := s.conn.NextWriter(int(op))
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

func (s *gorillaSession) Receive() (byte, []byte, error) {
	op, p, err := s.conn.ReadMessage()
	return byte(op), p, err
}

func (s *gorillaSession) Ping() error {
	const word = "are you there"
	ponged := ""
	s.conn.SetPongHandler(func(data string) error {
		ponged = data
		// The one way out of a read that has no message.
		return s.conn.SetReadDeadline(time.Now())
	})
	if err := s.conn.WriteControl(websocket.PingMessage, []byte(word), time.Now().Add(Patience)); err != nil {
		return err
	}
	if _, _, err := s.conn.ReadMessage(); ponged != word {
		return fmt.Errorf("pong %q, and then %w", ponged, err)
	}
	return nil
}

func (s *gorillaSession) Close(code uint16) error {
	message := websocket.FormatCloseMessage(int(code), "bye")
	if err := s.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(Patience)); err != nil {
		return err
	}
	got, _, err := s.Closed()
	if err == nil && got != code {
		return fmt.Errorf("code %d is echoed as %d", code, got)
	}
	return err
}

func (s *gorillaSession) Closed() (uint16, string, error) {
	_, _, err := s.conn.ReadMessage()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return 0, "", fmt.Errorf("no close: %w", err)
	}
	return uint16(closed.Code), closed.Text, nil
}
