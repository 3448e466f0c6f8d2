//go:build linux

package loop

import (
	"crypto/tls"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
)

// joins are the connections of a session until it has adopted them.
type joins struct{ client, service join }

// join is a socket that is Go's or in custody, and the TLS connection on it if
// there is one.
type join struct {
	tcp     driver.Socket
	custody *custody
	tls     *tls.Conn
}

// beneath finds what c is made of; nothing where that is no socket.
func beneath(c driver.Conn) join {
	switch c := c.(type) {
	case driver.Socket:
		return join{tcp: c}
	case *custody:
		return join{custody: c}
	case *tls.Conn:
		if t, ok := c.NetConn().(*driver.Transport); ok {
			j := beneath(t.Conn)
			j.tls = c
			return j
		}
	}
	return join{}
}

// Adopt is for driver.Session.
func (s *Session) Adopt() error {
	client, service := s.joins.client, s.joins.service
	far, err := detach(service.tcp)
	if err != nil {
		return fmt.Errorf("take the service's connection over: %w", err)
	}
	if client.custody != nil { // it is the shard's own, which counts it
		s.service.own(s, far, service)
		return nil
	}
	near, err := detach(client.tcp)
	if err != nil {
		unix.Close(far)
		return fmt.Errorf("take the client's connection over: %w", err)
	}
	s.client.own(s, near, client)
	s.service.own(s, far, service)
	s.home.sessions.Add(1)
	s.joins = nil
	return nil
}

// own makes x what j was, over fd. The TLS connection is not closed: that would
// tell the peer.
func (x *side) own(s *Session, fd int, j join) {
	j.tcp.Close()
	x.fd = int32(fd)
	x.secure(s, j.tls)
}

// detach takes the socket out of Go's poller, which would wake for each event
// too: what is made is a second descriptor of the same socket, and the first is
// to be closed.
func detach(c syscall.Conn) (fd int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	var failed error
	err = raw.Control(func(own uintptr) {
		fd, failed = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err != nil {
		return -1, err
	}
	return fd, failed
}
