//go:build linux

package loop

import "golang.org/x/sys/unix"

// leastPass is what must come at once for a service to be taken for one that
// streams, in bytes: below that, a third system call costs more than the copies.
const leastPass = 64 << 10

// perRead is how many bytes are passed where one would be read: each costs less
// than half, and the less the more of them go at once.
const perRead = 2

// passable says that what the service sends can go to the client through the
// kernel.
func (s *Session) passable() bool {
	return s.client.tls == nil && s.service.tls == nil && s.engine.Passes()
}

// passes says that it is worth it, too: each byte is copied twice less, for a
// third system call.
func (s *Session) passes() bool { return s.service.streams && s.passable() }

// roomForService is where to read what the service sends: no more than tells
// that it streams, where the rest need not be read at all.
func (l *shard) roomForService(s *Session) []byte {
	p := l.roomFor(&s.client)
	if s.passable() {
		p = p[:min(len(p), leastPass)]
	}
	return p
}

// pass moves what the service has sent to the client, and says how much that
// was. Where it is nothing, a read tells why; but not of an error, which a socket
// tells once.
func (l *shard) pass(s *Session) (n int) {
	x := &s.service
	if x.streams = l.readyPipe(); !x.streams {
		return 0
	}
	n, errno := l.sys.load(l.pipes.current, int(x.fd), perRead*s.client.reads())
	x.streams = n >= leastPass
	switch {
	case errno == unix.EAGAIN:
		x.empty, x.readable = true, false
	case errno != 0:
		l.end(s, x, errno)
	case n > 0:
		l.unload(s, n)
		s.client.took(n)
	}
	return n
}

// unload sends the n bytes that the current pipe holds as one message. Where the
// client does not take all of it, the pipe is the session's until it has.
func (l *shard) unload(s *Session, n int) {
	x := &s.client
	header := s.engine.Pass(l.now, n, l.buf[:0])
	x.broken = true // what a fault would send between header and payload would be taken for payload
	sent, errno := l.sys.sendMore(int(x.fd), header)
	if header = header[sent:]; len(header) == 0 {
		var moved int
		moved, errno = l.sys.unload(l.pipes.current, int(x.fd), n)
		n -= moved
	}
	failed := errno != 0 && errno != unix.EAGAIN
	switch {
	case failed:
		l.dropPipe()
		l.perform(s, s.engine.ClientBroken(l.now))
	case n > 0:
		x.slowDown()
		x.unsent = x.unsent.add(header)
		x.unsent.pipe, x.unsent.piped = l.lendPipe(), n
		s.waits(x, l.now)
	}
	x.broken = failed
}
