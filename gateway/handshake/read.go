package handshake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Errors of ReadHeader, told apart with errors.Is.
var (
	// ErrTooLarge: no empty line within the bound. 431 is the answer.
	ErrTooLarge = errors.New("the header is too large")
	// ErrSilent: the connection ended, failed or timed out before its first byte.
	// Load balancers and scanners do that; no answer is due.
	ErrSilent = errors.New("no byte was received")
	// ErrSlow: the deadline passed within the header. 408 is the answer.
	ErrSlow = errors.New("the header was not there in time")
)

// minRead is by how many bytes a buffer grows at the least.
const minRead = 512

// ReadHeader reads from r until the empty line that ends a header of at most
// max bytes. It gives the header with that line, for Parse, and the bytes that
// came after it, if any. Both lie in buf, of which the capacity is used, or in a
// greater buffer where that does not do.
//
// A line may end with a bare LF here, so that a client which writes those gets
// its 400 from Parse at once rather than a 408 in the end. Time is bounded by
// r's own deadline. An end within the header is io.ErrUnexpectedEOF; other
// errors of r are wrapped.
func ReadHeader(r io.Reader, buf []byte, max int) (header, rest []byte, err error) {
	buf = buf[:0:min(cap(buf), max)]
	for {
		if len(buf) == cap(buf) {
			if len(buf) >= max {
				return nil, nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, max)
			}
			buf = append(make([]byte, 0, min(max, 2*cap(buf)+minRead)), buf...)
		}
		seen := len(buf)
		n, err := r.Read(buf[seen:cap(buf)])
		buf = buf[:seen+n]
		if end := endOfHeader(buf, seen); end > 0 {
			if end < len(buf) {
				rest = buf[end:]
			}
			return buf[:end:end], rest, nil
		}
		if err != nil {
			return nil, nil, readError(err, len(buf))
		}
	}
}

// CutHeader is ReadHeader for a header that is all in b already; ok is false
// where it is not.
func CutHeader(b []byte, max int) (header, rest []byte, ok bool) {
	end := endOfHeader(b[:min(len(b), max)], 0)
	return b[:end:end], b[end:], end > 0
}

// endOfHeader is the offset behind the empty line in b, or 0. The first seen
// bytes were looked at before.
func endOfHeader(b []byte, seen int) int {
	// Of the empty line, LF CR LF at most, up to two bytes may have been seen.
	at := max(seen-2, 0)
	for {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return 0
		}
		at += i + 1
		switch after := b[at:]; {
		case len(after) > 0 && after[0] == '\n':
			return at + 1
		case len(after) > 1 && after[0] == '\r' && after[1] == '\n':
			return at + 2
		}
	}
}

func readError(err error, received int) error {
	switch {
	case received == 0:
		return fmt.Errorf("%w: %w", ErrSilent, err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w: %d bytes of it were", ErrSlow, received)
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read header: %w", err)
}
