//go:build linux

package loop

import "golang.org/x/sys/unix"

// leastPass is what must come at once for a service to be taken for one that
// streams, in bytes: below that, a third system call costs more than the copies.
const leastPass = 64 << 10

// passes says that what the service sends can go to the client through the
// kernel, and is worth it: each byte is copied twice less, for a third system
// call.
func (s *Session) passes() bool {
	return s.service.streams && s.client.tls == nil && s.service.tls == nil && s.engine.Passes()
}

// pass moves what the service has sent to the client, and says how much that
// was. Where it is nothing, a read tells why; but not of an error, which a socket
// tells once.
func (l *shard) pass(s *Session) (n int) {
	x := &s.service
	n, errno := l.sys.load(int(x.fd), s.client.reads())
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

// unload sends the n bytes that the pipe holds as one message. What the client
// does not take leaves the pipe, which others need.
func (l *shard) unload(s *Session, n int) {
	x := &s.client
	header := s.engine.Pass(l.now, n, l.buf[:0])
	x.broken = true // what a fault would send between header and payload would be taken for payload
	sent, errno := l.sys.sendMore(int(x.fd), header)
	if header = header[sent:]; len(header) == 0 {
		var moved int
		moved, errno = l.sys.unload(int(x.fd), n)
		n -= moved
	}
	failed := errno != 0 && errno != unix.EAGAIN
	switch {
	case failed:
		l.empty(n, func([]byte) {})
		l.perform(s, s.engine.ClientBroken(l.now))
	case len(header)+n > 0:
		x.slowDown()
		x.unsent = x.unsent.add(header)
		l.empty(n, func(p []byte) { x.unsent = x.unsent.add(p) })
		s.waits(x, l.now)
	}
	x.broken = failed
}

// empty gives the n bytes that the pipe still holds to take.
func (l *shard) empty(n int, take func([]byte)) {
	for n > 0 {
		p := l.buf[:min(n, len(l.buf))]
		some := l.sys.spill(p)
		if some == 0 {
			panic("the pipe holds less than it was given")
		}
		take(p[:some])
		n -= some
	}
}
