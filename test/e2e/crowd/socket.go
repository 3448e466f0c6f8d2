package crowd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"switchyard.dev/test/gatewaytest"
)

// socket is an open WebSocket. One goroutine may read while others write.
type socket struct {
	conn   net.Conn
	frames *gatewaytest.Reader

	writing sync.Mutex
}

func (s *socket) send(limit time.Duration, f gatewaytest.Frame) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(limit))
	_, err := s.conn.Write(gatewaytest.Encode(f))
	return err
}

// next is the next frame that is not about the connection alone.
func (s *socket) next(limit time.Duration) (gatewaytest.Frame, error) {
	for {
		_ = s.conn.SetReadDeadline(time.Now().Add(limit))
		f, err := s.frames.Next()
		if err != nil || f.Op != gatewaytest.OpPing {
			return f, err
		}
		if err := s.send(limit, gatewaytest.Pong(f.Payload)); err != nil {
			return f, fmt.Errorf("answering a ping: %w", err)
		}
	}
}

// data is the payload of f, which must be of a binary message.
func data(f gatewaytest.Frame) ([]byte, error) {
	if f.Op != gatewaytest.OpBinary && f.Op != gatewaytest.OpContinuation {
		return nil, fmt.Errorf("unexpected %v", f)
	}
	return f.Payload, nil
}

// closeOf is what a Close frame says. Code 1005 is a frame that says nothing.
func closeOf(f gatewaytest.Frame) (code uint16, reason string) {
	if len(f.Payload) < 2 {
		return 1005, ""
	}
	return binary.BigEndian.Uint16(f.Payload), string(f.Payload[2:])
}

// wantEnd waits for the end of the connection behind the Close frames. It may
// be a reset: of what was on its way to a peer that had said its last word.
func (s *socket) wantEnd(limit time.Duration) error {
	f, err := s.next(limit)
	switch {
	case err == nil:
		return fmt.Errorf("%v after the Close frame", f)
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return nil
	default:
		return fmt.Errorf("after the Close frame: %w", err)
	}
}
