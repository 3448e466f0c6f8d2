package gatewaytest

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Serve starts a service that hands each connection to serve, on a goroutine of
// its own, and closes it when serve returns. It returns the address.
func (y *Yard) Serve(serve func(*net.TCPConn)) string {
	y.tb.Helper()
	ln := y.listen()
	var conns connSet
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := ln.AcceptTCP()
			if err != nil {
				return
			}
			conns.add(conn)
			running.Go(func() {
				defer conns.close(conn)
				serve(conn)
			})
		}
	})
	y.tb.Cleanup(func() {
		_ = ln.Close()
		conns.closeAll()
		running.Wait()
	})
	return ln.Addr().String()
}

func (y *Yard) listen() *net.TCPListener {
	y.tb.Helper()
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		y.tb.Fatal(err)
	}
	return ln
}

// Echo starts a service that sends back what it reads, and its end.
func (y *Yard) Echo() string {
	y.tb.Helper()
	return y.Serve(func(conn *net.TCPConn) { _, _ = io.Copy(conn, conn) })
}

// Sink starts a service that reads to the end and says nothing.
func (y *Yard) Sink() string {
	y.tb.Helper()
	return y.Serve(func(conn *net.TCPConn) { _, _ = io.Copy(io.Discard, conn) })
}

// Source starts a service that writes data and closes at once.
func (y *Yard) Source(data []byte) string {
	y.tb.Helper()
	return y.Serve(func(conn *net.TCPConn) { _, _ = conn.Write(data) })
}

// Flood starts a service that writes without end and never reads.
func (y *Yard) Flood() string {
	y.tb.Helper()
	block := make([]byte, 64<<10)
	return y.Serve(func(conn *net.TCPConn) {
		for {
			if _, err := conn.Write(block); err != nil {
				return
			}
		}
	})
}

// Refused is an address where nobody listens.
func (y *Yard) Refused() string {
	y.tb.Helper()
	ln := y.listen()
	defer ln.Close()
	return ln.Addr().String()
}

// Silent is an address that never answers a SYN: its queue of connections is
// full.
func (y *Yard) Silent() string {
	y.tb.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		y.tb.Fatal(err)
	}
	y.tb.Cleanup(func() { _ = syscall.Close(fd) })
	if err := errors.Join(
		syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
		syscall.Listen(fd, 0),
	); err != nil {
		y.tb.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		y.tb.Fatal(err)
	}
	address := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}).String()
	y.fill(address)
	return address
}

// How many connections fill a queue of length zero, and how long one that does
// not get in is waited for.
const (
	queueTries = 16
	queueWait  = 200 * time.Millisecond
)

func (y *Yard) fill(address string) {
	y.tb.Helper()
	for range queueTries {
		conn, err := net.DialTimeout("tcp", address, queueWait)
		if err != nil {
			return
		}
		y.tb.Cleanup(func() { _ = conn.Close() })
	}
	y.tb.Skip("this system's queue of connections cannot be filled")
}

// connSet is the open connections of a service.
type connSet struct {
	mu   sync.Mutex
	open map[*net.TCPConn]struct{}
}

func (s *connSet) add(conn *net.TCPConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[*net.TCPConn]struct{}{}
	}
	s.open[conn] = struct{}{}
}

func (s *connSet) close(conn *net.TCPConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
	_ = conn.Close()
}

func (s *connSet) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		_ = conn.Close()
	}
}

// Script is a service whose connections the test holds.
type Script struct {
	Addr string
	ln   *net.TCPListener
	// secured are its connections where it speaks TLS.
	secured chan *Service
}

// Script starts a service that does nothing by itself.
func (y *Yard) Script() *Script {
	y.tb.Helper()
	ln := y.listen()
	y.tb.Cleanup(func() { _ = ln.Close() })
	return &Script{Addr: ln.Addr().String(), ln: ln}
}

// Accept takes the next connection from the gateway. It is closed at the end of
// the test at the latest.
func (s *Script) Accept(tb testing.TB) *Service {
	tb.Helper()
	service, err := s.next(Patience)
	if err != nil {
		tb.Fatalf("the gateway opened no connection to the service: %v", err)
	}
	service.tb = tb
	tb.Cleanup(func() { _ = service.TCP.Close() })
	return service
}

// next is the next connection that comes within a time.
func (s *Script) next(limit time.Duration) (*Service, error) {
	if s.secured != nil {
		select {
		case service := <-s.secured:
			return service, nil
		case <-time.After(limit):
			return nil, os.ErrDeadlineExceeded
		}
	}
	_ = s.ln.SetDeadline(time.Now().Add(limit))
	conn, err := s.ln.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return &Service{Stream: conn, TCP: conn}, nil
}

// WantNone fails the test where the gateway opened a connection that nobody
// took. Call it once the gateway has nothing more to do.
func (s *Script) WantNone(tb testing.TB) {
	tb.Helper()
	if service, err := s.next(pollEvery); err == nil {
		_ = service.TCP.Close()
		tb.Error("the gateway opened a connection to the service that it had no reason for")
	}
}
