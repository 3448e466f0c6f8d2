package interop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	. "switchyard.dev/test/gatewaytest"
)

type gobwasSession struct {
	conn        net.Conn
	in          io.Reader
	subprotocol string
}

func dialGobwas(t *testing.T, g *Gateway, url string, subprotocols ...string) session {
	t.Helper()
	dialer := ws.Dialer{TLSConfig: g.ClientTLS(), Protocols: subprotocols, Timeout: Patience}
	conn, early, agreed, err := dialer.Dial(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(Patience)); err != nil {
		t.Fatal(err)
	}
	s := &gobwasSession{conn: conn, in: conn, subprotocol: agreed.Protocol}
	if early != nil {
		s.in = io.MultiReader(earlyBytes(early), conn)
	}
	return s
}

// earlyBytes are what came with the handshake's answer.
func earlyBytes(r *bufio.Reader) io.Reader { return io.LimitReader(r, int64(r.Buffered())) }

func (s *gobwasSession) Subprotocol() string { return s.subprotocol }

func (s *gobwasSession) Send(op byte, p []byte, fragments int) error {
	parts := split(p, fragments)
	for i, part := range parts {
		code := ws.OpContinuation
		if i == 0 {
			code = ws.OpCode(op)
		}
		f := ws.MaskFrame(ws.NewFrame(code, i == len(parts)-1, part))
		if err := ws.WriteFrame(s.conn, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *gobwasSession) Receive() (byte, []byte, error) {
	p, op, err := wsutil.ReadServerData(s)
	return byte(op), p, err
}

// Read and Write make a session what wsutil reads from and answers pings to.
func (s *gobwasSession) Read(p []byte) (int, error)  { return s.in.Read(p) }
func (s *gobwasSession) Write(p []byte) (int, error) { return s.conn.Write(p) }

func (s *gobwasSession) Ping() error {
	const word = "are you there"
	if err := wsutil.WriteClientMessage(s.conn, ws.OpPing, []byte(word)); err != nil {
		return err
	}
	f, err := ws.ReadFrame(s.in)
	if err != nil {
		return err
	}
	if f.Header.OpCode != ws.OpPong || string(f.Payload) != word {
		return fmt.Errorf("opcode %v, payload %q, want the pong", f.Header.OpCode, f.Payload)
	}
	return nil
}

func (s *gobwasSession) Close(code uint16) error {
	body := ws.NewCloseFrameBody(ws.StatusCode(code), "bye")
	if err := wsutil.WriteClientMessage(s.conn, ws.OpClose, body); err != nil {
		return err
	}
	f, err := ws.ReadFrame(s.in)
	if err != nil {
		return err
	}
	if got, _ := ws.ParseCloseFrameData(f.Payload); f.Header.OpCode != ws.OpClose || uint16(got) != code {
		return fmt.Errorf("opcode %v, code %d, want the echo of %d", f.Header.OpCode, got, code)
	}
	if _, err := s.in.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("after the close: %w", err)
	}
	return nil
}

// Closed reads the frame itself: the library's own handler knows no code above
// 1011 of those that were registered after the RFC, such as 1014.
func (s *gobwasSession) Closed() (uint16, string, error) {
	f, err := ws.ReadFrame(s.in)
	if err != nil {
		return 0, "", err
	}
	if f.Header.OpCode != ws.OpClose {
		return 0, "", fmt.Errorf("opcode %v, want the close", f.Header.OpCode)
	}
	code, reason := ws.ParseCloseFrameData(f.Payload)
	answer := ws.MaskFrame(ws.NewCloseFrame(f.Payload))
	return uint16(code), reason, ws.WriteFrame(s.conn, answer)
}
