package link

import (
	"crypto/tls"
	"io"
	"iter"
	"net"
	"time"
)

// recordSize is what a TLS record holds at most (RFC 8446 5.1).
const recordSize = 16 << 10

// Secure is a Loop whose connections are TLS. All of it happens on the loop's
// thread: a handshake is a coroutine that stops where it has to wait for bytes,
// and an open connection is read from until it asks for some.
type Secure struct {
	*Loop
	config  *tls.Config
	buffer  []byte
	waiting map[*secured]bool // in their handshake
	resumed uint64
}

// NewSecure secures the connections that loop dials.
func NewSecure(loop *Loop, config *tls.Config) *Secure {
	return &Secure{Loop: loop, config: config, buffer: make([]byte, recordSize), waiting: make(map[*secured]bool)}
}

// Dial implements Driver.
func (d *Secure) Dial(m Machine) Conn {
	s := &secured{driver: d, inner: m}
	s.tls = tls.Client(&s.wire, d.config)
	return d.Loop.Dial(s)
}

// Close implements Driver.
func (d *Secure) Close() {
	d.Loop.Close()
	for s := range d.waiting {
		s.stop()
	}
}

// Resumed is how many handshakes resumed an earlier session so far.
func (d *Secure) Resumed() uint64 { return d.resumed }

// secured is a machine that speaks TLS for another.
type secured struct {
	driver *Secure
	inner  Machine
	tls    *tls.Conn
	wire   pipe
	open   bool

	// The handshake's coroutine: next lets it go on, and says whether it is
	// to be called again; err is how it ended.
	next func() (struct{}, bool)
	stop func()
	err  error
}

// Opened implements Machine.
func (s *secured) Opened() {
	s.next, s.stop = iter.Pull(func(yield func(struct{}) bool) {
		s.wire.wait = func() bool { return yield(struct{}{}) }
		s.err = s.tls.Handshake()
		s.wire.wait = nil
	})
	s.driver.waiting[s] = true
	s.next() // The first flight is out, it waits for the answer.
}

// shake goes on with the handshake.
func (s *secured) shake() error {
	if _, more := s.next(); more {
		return nil
	}
	delete(s.driver.waiting, s)
	if s.err != nil {
		return s.err
	}
	s.open = true
	if s.tls.ConnectionState().DidResume {
		s.driver.resumed++
	}
	s.inner.Opened()
	return nil
}

// Input implements Machine.
func (s *secured) Input(b []byte) error {
	s.wire.in = b
	if !s.open {
		if err := s.shake(); err != nil || !s.open {
			return err
		}
	}
	for {
		n, err := s.tls.Read(s.driver.buffer)
		if err == errWouldBlock {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.inner.Input(s.driver.buffer[:n]); err != nil {
			return err
		}
	}
}

// Output implements Machine. What the inner machine has counts for it as
// written once it is sealed.
func (s *secured) Output() []byte {
	if len(s.wire.out) > 0 || !s.open {
		return s.wire.out
	}
	s.wire.sealed = s.wire.sealed[:0]
	plain := s.inner.Output()
	plain = plain[:min(len(plain), recordSize)]
	if len(plain) == 0 {
		return nil
	}
	// A pipe always has room.
	_, _ = s.tls.Write(plain)
	s.inner.Wrote(len(plain))
	return s.wire.out
}

// Wrote implements Machine.
func (s *secured) Wrote(n int) { s.wire.out = s.wire.out[n:] }

// Done implements Machine.
func (s *secured) Done() bool { return s.inner.Done() }

// Ended implements Machine.
func (s *secured) Ended(err error) {
	if s.driver.waiting[s] {
		delete(s.driver.waiting, s)
		s.stop()
	}
	s.inner.Ended(err)
}

// pipe is the net.Conn under a tls.Conn: bytes in memory.
type pipe struct {
	in     []byte
	sealed []byte // what was written, from its beginning
	out    []byte // the end of sealed that is yet to be sent
	// wait returns once there may be more to read; false: there never will be.
	// nil: nobody waits.
	wait func() bool
}

// Read takes what is there. Where nobody waits for more its error is
// temporary, after which a tls.Conn can be read again.
func (p *pipe) Read(b []byte) (int, error) {
	for len(p.in) == 0 {
		if p.wait == nil {
			return 0, errWouldBlock
		}
		if !p.wait() {
			return 0, io.ErrUnexpectedEOF
		}
	}
	n := copy(b, p.in)
	p.in = p.in[n:]
	return n, nil
}

func (p *pipe) Write(b []byte) (int, error) {
	sent := len(p.sealed) - len(p.out)
	p.sealed = append(p.sealed, b...)
	p.out = p.sealed[sent:]
	return len(b), nil
}

func (p *pipe) Close() error                     { return nil }
func (p *pipe) LocalAddr() net.Addr              { return nil }
func (p *pipe) RemoteAddr() net.Addr             { return nil }
func (p *pipe) SetDeadline(time.Time) error      { return nil }
func (p *pipe) SetReadDeadline(time.Time) error  { return nil }
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }

// errWouldBlock is a pipe's error while it is empty.
var errWouldBlock net.Error = wouldBlock{}

type wouldBlock struct{}

func (wouldBlock) Error() string   { return "link: nothing to read yet" }
func (wouldBlock) Timeout() bool   { return true }
func (wouldBlock) Temporary() bool { return true }
