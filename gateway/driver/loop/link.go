//go:build linux

package loop

import (
	"context"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
)

// Link is a connection with a service that a shard has made, for a client that
// is a goroutine's yet: it costs neither a place in Go's poller nor a way out of
// it. It is for New or Close; nothing can be read or written before.
type Link struct {
	net.Conn // nil
	session  *Session
	done     chan error
}

// Drives says whether New can take a connection as it is.
func Drives(c driver.Conn) bool { return beneath(c).tcp != nil }

// Connect connects to a service, and waits for that as long as ctx lets it. A
// failure is the kernel's own error.
func (g *Group) Connect(ctx context.Context, to netip.AddrPort) (*Link, error) {
	l := g.fewest()
	k := &Link{session: &Session{shard: l, slot: -1}, done: make(chan error, 1)}
	k.session.client.fd, k.session.service.fd = -1, -1
	k.session.visit = &visit{link: k, from: to}
	l.sessions.Add(1)
	l.post(letter{what: connectLink, session: k.session})
	select {
	case err := <-k.done:
		if err != nil {
			return nil, err
		}
		return k, nil
	case <-ctx.Done():
		k.Close()
		return nil, ctx.Err()
	}
}

// Close gives up a connection that New was not given.
func (k *Link) Close() error {
	k.session.shard.post(letter{what: dropLink, session: k.session})
	return nil
}

// CloseWrite is for driver.Conn: nobody has such a connection to shut.
func (k *Link) CloseWrite() error { return os.NewSyscallError("shutdown", unix.ENOTCONN) }

// connectLink begins to connect.
func (l *shard) connectLink(s *Session) {
	l.place(s)
	fd, errno := l.sys.connect(s.visit.from)
	if errno != 0 {
		l.breakLink(s, errno)
		return
	}
	s.service.fd = int32(fd)
	if err := l.sys.watch(fd, s.token(serviceSide)); err != nil {
		l.breakLink(s, err)
	}
}

// attendLink tells who waits for it how connecting went. What happens later
// waits for the session.
func (l *shard) attendLink(s *Session) {
	if s.visit.linked || !s.service.writable && !s.service.ended {
		return
	}
	if s.service.ended {
		// Or it was there and has ended already: then what it has said is due.
		if err := l.sys.failure(int(s.service.fd)); err != nil {
			l.breakLink(s, err)
			return
		}
	}
	s.visit.linked = true
	s.visit.link.tell(nil)
}

// tell ends the wait of Connect. What comes later nobody hears.
func (k *Link) tell(err error) {
	select {
	case k.done <- err:
	default:
	}
}

func (l *shard) breakLink(s *Session, err error) {
	k := s.visit.link
	l.dropLink(s)
	k.tell(err)
}

// dropLink ends what has no session, if it has not ended.
func (l *shard) dropLink(s *Session) {
	if s.visit == nil || s.slot < 0 {
		return
	}
	l.leave(s)
	l.hangUp(&s.service)
	l.sessions.Add(-1)
}
