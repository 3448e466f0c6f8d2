//go:build linux

package loop

import (
	"bytes"
	"crypto/tls"
	"io"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
)

// records carries what crypto/tls reads and writes on one side. Reads report
// errWouldBlock where the socket is empty, writes are queued behind what is
// unsent: so crypto/tls never waits, and keeps a part of a record that it has.
type records struct {
	conn *tls.Conn
	s    *Session
	x    *side
	// corked gathers what is written, to be sent at once.
	corked bool
	// ahead was received before crypto/tls asked for it.
	ahead []byte
}

// maxRecord is the most that one record of TLS carries, in bytes (RFC 8446 5.1).
const maxRecord = 16 << 10

// wouldBlock is a net.Error that is temporary: crypto/tls does not remember it.
type wouldBlock struct{}

var errWouldBlock error = wouldBlock{}

func (wouldBlock) Error() string   { return "the socket is empty" }
func (wouldBlock) Timeout() bool   { return false }
func (wouldBlock) Temporary() bool { return true }

// secure lets c, unless it is nil, carry on over x.
func (x *side) secure(s *Session, c *tls.Conn) {
	if c == nil {
		return
	}
	x.tls = &records{conn: c, s: s, x: x}
	c.NetConn().(*driver.Transport).Carry(x.tls)
}

// Read is for crypto/tls, which gives room for a record and more.
func (t *records) Read(p []byte) (int, error) {
	if len(t.ahead) > 0 {
		n := copy(p, t.ahead)
		t.ahead = t.ahead[n:]
		return n, nil
	}
	if t.x.empty {
		return 0, errWouldBlock
	}
	n, err := t.s.shard.Load().recv(t.x, p)
	switch {
	case err == unix.EAGAIN:
		return 0, errWouldBlock
	case err == nil && n == 0:
		return 0, io.EOF
	}
	return n, err
}

// Write is for crypto/tls.
func (t *records) Write(p []byte) (int, error) {
	l := t.s.shard.Load()
	if t.corked {
		l.sealed = append(l.sealed, p...)
		return len(p), nil
	}
	if err := l.sendRaw(t.s, t.x, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// read reads what there is as one, into p.
func (t *records) read(p []byte) (n int, err error) {
	t.s.shard.Load().loan.Do(t.conn, func() { n, err = t.open(p) })
	return n, err
}

// readAhead is read where raw was received already. It keeps no part of raw.
func (t *records) readAhead(p, raw []byte) (n int, err error) {
	t.ahead, t.x.readable = raw, true
	n, err = t.read(p)
	t.ahead = bytes.Clone(t.ahead) // what p had no room for
	return n, err
}

// open takes the content of records until p is full or no whole record is left.
func (t *records) open(p []byte) (n int, err error) {
	for n < len(p) {
		got, err := t.conn.Read(p[n:])
		n += got
		switch {
		case err == nil:
		case err == errWouldBlock:
			t.x.readable = false
			if n == 0 {
				return 0, unix.EAGAIN
			}
			return n, nil
		case n > 0:
			return n, nil // crypto/tls will say it again
		case err == io.EOF:
			return 0, nil
		default:
			return 0, err
		}
	}
	return n, nil
}

// send seals p. More than one record goes out as one.
func (t *records) send(p []byte) error {
	if len(p) <= maxRecord {
		_, err := t.conn.Write(p)
		return err
	}
	l := t.s.shard.Load()
	from := len(l.sealed)
	sealed, err := t.seal(p)
	if err == nil {
		err = l.sendRaw(t.s, t.x, sealed)
	}
	l.sealed = l.sealed[:from]
	return err
}

// seal returns what p becomes, at the end of the shard's sealed.
func (t *records) seal(p []byte) ([]byte, error) {
	l := t.s.shard.Load()
	from := len(l.sealed)
	t.corked = true
	defer func() { t.corked = false }()
	_, err := t.conn.Write(p)
	return l.sealed[from:], err
}
