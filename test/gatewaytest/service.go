package gatewaytest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// Service is the service's side of one session.
type Service struct {
	Stream
	// TCP is the connection below TLS, or Stream itself.
	TCP *net.TCPConn

	tb testing.TB
	// below is what TLS is spoken over; nil where it is not.
	below *below
}

// Stream is a connection whose two directions end apart.
type Stream interface {
	net.Conn
	CloseWrite() error
}

// Send writes b in one write.
func (s *Service) Send(b []byte) {
	s.tb.Helper()
	s.patience()
	if _, err := s.Write(b); err != nil {
		s.tb.Fatalf("the service writes %d bytes: %v", len(b), err)
	}
}

// Want reads exactly want.
func (s *Service) Want(want []byte) {
	s.tb.Helper()
	s.patience()
	got := make([]byte, len(want))
	n, err := io.ReadFull(s, got)
	if err != nil || !bytes.Equal(got, want) {
		s.tb.Fatalf("the service read %v and %v, want %v", Binary(got[:n]), err, Binary(want))
	}
}

// WantEOF reads the orderly end of what the client sends: with TLS that is a
// close_notify.
func (s *Service) WantEOF() {
	s.tb.Helper()
	s.patience()
	rest, err := io.ReadAll(s)
	if err != nil || len(rest) > 0 {
		s.tb.Fatalf("the service wants the end, read %v and %v", Binary(rest), err)
	}
	if s.below != nil && s.below.ended {
		s.tb.Fatal("the service read a FIN, and no close_notify before it")
	}
}

// WantCut waits until the connection is over, orderly or not.
func (s *Service) WantCut() {
	s.tb.Helper()
	s.patience()
	_, err := io.Copy(io.Discard, s)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		s.tb.Fatalf("the service's connection is still open after %v", Patience)
	}
}

// Finish ends what the service sends; it may still read.
func (s *Service) Finish() {
	s.tb.Helper()
	if err := s.CloseWrite(); err != nil {
		s.tb.Fatal(err)
	}
}

// Reset ends the connection as a service does that crashes.
func (s *Service) Reset() {
	_ = s.TCP.SetLinger(0)
	_ = s.TCP.Close()
}

func (s *Service) patience() { _ = s.SetDeadline(time.Now().Add(Patience)) }
