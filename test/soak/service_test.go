package soak

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// headerSize is how many hexadecimal digits a session begins with: its number.
const headerSize = 16

// backend is one of the services; kill resets all its connections at once.
type backend struct {
	run  *run
	mu   sync.Mutex
	open map[*net.TCPConn]uint64
}

// serve is the service's end of one session.
func (b *backend) serve(conn *net.TCPConn) {
	_ = conn.SetDeadline(time.Now().Add(b.run.patience()))
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(conn, header); err != nil {
		return // the client was gone, or we were killed, before the first byte
	}
	id, err := strconv.ParseUint(string(header), 16, 64)
	if err != nil {
		b.run.fail(fmt.Errorf("a session begins with %q: %w", header, err))
		return
	}
	b.add(conn, id)
	defer b.remove(conn)
	s := &service{plan: planOf(b.run.seed, id), run: b.run, conn: conn, gone: make(chan struct{})}
	if err := s.serve(); err != nil {
		b.run.fail(fmt.Errorf("session %d (%+v): the service: %w", id, s.ending, err))
	}
}

func (b *backend) add(conn *net.TCPConn, id uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.run.sessions.Store(id, alive)
	b.open[conn] = id
}

func (b *backend) remove(conn *net.TCPConn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, conn)
}

func (b *backend) kill() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for conn, id := range b.open {
		b.run.sessions.Store(id, dead)
		_ = conn.SetLinger(0)
		_ = conn.Close()
	}
	clear(b.open)
}

// service is the service's end of one session.
type service struct {
	*plan
	run  *run
	conn *net.TCPConn
	gone chan struct{}
}

func (s *service) serve() error {
	read := make(chan error, 1)
	go func() {
		defer close(s.gone)
		read <- s.read()
	}()
	s.write()
	return <-read
}

// read checks what the client sends, to its end.
func (s *service) read() error {
	buf := make([]byte, largeWrite)
	for {
		n, err := s.conn.Read(buf)
		if bad := s.up.check(buf[:n]); bad != nil {
			return fmt.Errorf("from the client: %w", bad)
		}
		if s.up.pos > s.up.total {
			return fmt.Errorf("the client sent %d bytes, it has only %d", s.up.pos, s.up.total)
		}
		if err != nil {
			return s.judge(err)
		}
	}
}

// judge: where the client closes and nobody interferes, all of its bytes and
// then an orderly end must have come.
func (s *service) judge(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("after %d of %d bytes from the client: %w", s.up.pos, s.up.total, err)
	}
	if s.ending != clientCloses || s.run.stopping() || s.run.killed(s.id) {
		return nil
	}
	if !errors.Is(err, io.EOF) || s.up.pos != s.up.total {
		return fmt.Errorf("the end after %d of %d bytes from the client: %w", s.up.pos, s.up.total, err)
	}
	return nil
}

// write sends what the plan says and ends as it says.
func (s *service) write() {
	buf := make([]byte, largeWrite)
	for s.down.pos < s.down.total {
		s.sleep(s.down.pause())
		if _, err := s.conn.Write(s.down.next(buf)); err != nil {
			return
		}
	}
	switch s.ending {
	case serviceResets:
		_ = s.conn.SetLinger(0)
		_ = s.conn.Close()
	case serviceCloses:
		_ = s.conn.CloseWrite()
	}
}

// sleep ends early where the client has finished: then the rest follows at
// once.
func (s *service) sleep(d time.Duration) {
	select {
	case <-s.gone:
	case <-time.After(d):
	}
}
