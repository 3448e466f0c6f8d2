package footprint

import (
	"bytes"
	"crypto/tls"
)

const (
	// largestRecord is a header and what TLS 1.2 allows behind it; TLS 1.3
	// allows less.
	largestRecord = 5 + 16<<10 + 2048
	// loanSize leaves free what crypto/tls and bytes.Buffer each want to be
	// before they read.
	loanSize = largestRecord + 2*bytes.MinRead
)

// Loan is a receive buffer that connections read into one after the other: one
// that is idle most of the time has none of its own, and need not make one
// whenever it wakes. The zero value is ready. It is for one goroutine at a time.
type Loan struct{ buffer []byte }

// Do calls read with the buffer lent to c, and then shrinks c. All that Shrink
// asks for holds here, but for what read itself does.
//
// A piece of a record, at the end of read, is copied to a buffer of its size.
// Plaintext that read has left in c stays where it is, and the buffer with c.
func (l *Loan) Do(c *tls.Conn, read func()) {
	buffer := l.lend(c)
	read()
	Shrink(c)
	if buffer != nil {
		l.take(buffer, c)
	}
}

// lend makes c read into the buffer that it returns, which is nil where c
// cannot have it.
func (l *Loan) lend(c *tls.Conn) []byte {
	if !known || !established.isHandshakeComplete.of(c).Load() || established.input.of(c).Len() > 0 {
		return nil
	}
	raw := established.rawInput.of(c)
	if raw.Len() > largestRecord {
		return nil
	}
	buffer := l.buffer
	l.buffer = nil
	if buffer == nil {
		buffer = make([]byte, 0, loanSize)
	}
	*raw = *bytes.NewBuffer(append(buffer, raw.Bytes()...))
	return buffer
}

func (l *Loan) take(buffer []byte, c *tls.Conn) {
	if established.input.of(c).Len() > 0 {
		return
	}
	if raw := established.rawInput.of(c); raw.Len() > 0 {
		*raw = *bytes.NewBuffer(bytes.Clone(raw.Bytes()))
	}
	l.buffer = buffer
}
