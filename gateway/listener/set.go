package listener

import (
	"context"
	"errors"
	"net"
	"sync"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway/config"
)

// ErrClosed is what Update gives after Close.
var ErrClosed = errors.New("the listeners are closed")

// Set is the sockets that a gateway accepts on, by address and port. All
// methods are safe for concurrent use.
type Set struct {
	log     logr.Logger
	serve   func(net.Conn, *Port)
	others  func(*net.TCPListener, *Socket) (stop func())
	tickets *tickets
	serving tally

	mu           sync.Mutex
	closed       bool
	sockets      map[place]*Socket
	certificates certificates
	addrs        map[string]net.Addr
}

// New is a Set with no sockets. It calls serve for each connection, on a
// goroutine of its own; the connection is then serve's to close. Where the port
// has TLS, serve performs the handshake, within its own deadline. If serve
// panics, that connection is closed and the panic is logged.
//
// others, unless nil, may take a socket over and accept in its own way, until it
// is told to stop; nil as its answer is that it does not.
func New(log logr.Logger, serve func(conn net.Conn, at *Port), others func(*net.TCPListener, *Socket) (stop func())) *Set {
	return &Set{log: log, serve: serve, others: others, tickets: newTickets()}
}

// Update makes ls the listeners that are served. What is new is opened first;
// if that fails, or if ls are not sound, nothing has changed. Then all ports
// take their new view, then those that are gone are closed. Sockets that stay
// are not touched, nor are connections that were accepted before.
//
// before, unless nil, is called when nothing can fail any more and no
// connection has met ls yet: so that what they are served with is there first.
// It must not call s.
//
// A listener at port 0 gets any free port; those with the same address share
// it, as they would any other.
func (s *Set) Update(ls []*config.Listener, before func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	compiled, err := compile(ls, s.certificates, s.tickets)
	if err != nil {
		return err
	}
	opened, err := s.open(compiled.ports)
	if err != nil {
		return err
	}
	if before != nil {
		before()
	}
	s.swap(compiled, opened)
	return nil
}

// open opens the sockets that there are none of yet. On an error it leaves none
// of them open.
func (s *Set) open(ports []*Port) (map[place]*Socket, error) {
	opened := make(map[place]*Socket)
	for _, port := range ports {
		if s.sockets[port.place] != nil {
			continue
		}
		sock, err := s.listen(port)
		if err != nil {
			for _, sock := range opened {
				sock.close()
			}
			return nil, err
		}
		opened[port.place] = sock
	}
	return opened, nil
}

// swap puts compiled in force. Nothing in it can fail.
func (s *Set) swap(compiled *compiled, opened map[place]*Socket) {
	before := s.sockets
	s.sockets = make(map[place]*Socket, len(compiled.ports))
	s.addrs = make(map[string]net.Addr)
	s.certificates = compiled.certificates
	for _, port := range compiled.ports {
		sock := before[port.place]
		if sock != nil {
			sock.port.Store(port)
		} else {
			sock = opened[port.place]
			sock.start(s.serve, s.others)
		}
		s.sockets[port.place] = sock
		for _, name := range port.names {
			s.addrs[name] = sock.listener.Addr()
		}
	}
	for at, sock := range before {
		if s.sockets[at] == nil {
			sock.close()
		}
	}
}

// Close stops accepting, for good. Connections that were accepted are not
// touched.
func (s *Set) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sock := range s.sockets {
		sock.close()
	}
	s.closed, s.sockets, s.addrs, s.certificates = true, nil, nil, nil
}

// Wait returns when serve has returned for every connection, or ctx ends. It is
// called after Close.
func (s *Set) Wait(ctx context.Context) {
	select {
	case <-s.serving.empty():
	case <-ctx.Done():
	}
}

// Addrs are the addresses that the listeners are bound to, by listener name.
// The caller only reads the map.
func (s *Set) Addrs() map[string]net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addrs
}
