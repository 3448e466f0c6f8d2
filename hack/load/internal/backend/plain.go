package backend

import "errors"

var errUnread = errors.New("backend: the peer sends without reading")

// queue is output that grows and is written from its front.
type queue struct {
	bytes   []byte
	written int
}

func (q *queue) Output() []byte { return q.bytes[q.written:] }

func (q *queue) Wrote(n int) {
	q.written += n
	if q.written == len(q.bytes) {
		q.bytes, q.written = q.bytes[:0], 0
	}
}

// check fails once a peer has let too much pile up.
func (q *queue) check() error {
	if len(q.bytes) > pendingLimit {
		return errUnread
	}
	return nil
}

// echo sends back what it gets.
type echo struct{ queue }

func (e *echo) Opened() {}

func (e *echo) Input(b []byte) error {
	e.bytes = append(e.bytes, b...)
	return e.check()
}

func (e *echo) Done() bool  { return false }
func (e *echo) Ended(error) {}

// sink takes everything and says nothing.
type sink struct{}

func (sink) Opened()            {}
func (sink) Input([]byte) error { return nil }
func (sink) Output() []byte     { return nil }
func (sink) Wrote(int)          {}
func (sink) Done() bool         { return false }
func (sink) Ended(error)        {}

// source sends its block over and over, from the first byte it gets on.
type source struct {
	block []byte
	at    int
	going bool
}

func (s *source) Opened() {}

func (s *source) Input([]byte) error {
	s.going = true
	return nil
}

func (s *source) Output() []byte {
	if !s.going {
		return nil
	}
	return s.block[s.at:]
}

func (s *source) Wrote(n int) {
	s.at += n
	if s.at == len(s.block) {
		s.at = 0
	}
}

func (s *source) Done() bool  { return false }
func (s *source) Ended(error) {}
