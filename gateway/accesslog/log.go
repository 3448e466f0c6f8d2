package accesslog

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/session"
)

const (
	// queueLength bounds the records that wait for the writer: as many as a
	// gateway's sessions may end at the same moment.
	queueLength = 16 << 10
	// flushTimeout bounds how long Close waits for the writer.
	flushTimeout = 5 * time.Second
)

// Log is an access log. It is safe for concurrent use; a nil Log does nothing.
//
// Records are written by a goroutine of the log's own. A writer is a pipe or a
// disk, which may block for as long as it likes, and whoever ends a session may
// have others to carry: so records are queued, and where the queue is full they
// are dropped and counted.
type Log struct {
	out     io.Writer
	dropped atomic.Uint64
	buffers sync.Pool // of *[]byte
	done    chan struct{}

	// mu guards closed, and queue against being sent to once it is.
	mu     sync.Mutex
	closed bool
	queue  chan *[]byte
}

// New is a log to out, and starts its goroutine, which Close ends. Each record is
// one Write. Without out there is no log: New returns nil.
func New(out io.Writer) *Log {
	if out == nil {
		return nil
	}
	l := &Log{
		out:     out,
		buffers: sync.Pool{New: func() any { return new([]byte) }},
		done:    make(chan struct{}),
		queue:   make(chan *[]byte, queueLength),
	}
	go l.write()
	return l
}

// Session records a session that has ended.
func (l *Log) Session(info *registry.Info, end session.End, ended time.Time) {
	if l == nil {
		return
	}
	b := l.buffers.Get().(*[]byte)
	*b = appendSession(append((*b)[:0], '\n'), info, end, ended)
	l.enqueue(b)
}

// Refused records a handshake that did not become a session.
func (l *Log) Refused(r Refusal) {
	if l == nil {
		return
	}
	b := l.buffers.Get().(*[]byte)
	*b = appendRefusal(append((*b)[:0], '\n'), r)
	l.enqueue(b)
}

// Dropped is how many records were not written whole, because the writer failed,
// was too slow, or the log was closed.
func (l *Log) Dropped() uint64 {
	if l == nil {
		return 0
	}
	return l.dropped.Load()
}

// Close writes what waits and ends the log; records that come later are dropped.
// It is an error if the writer does not take them within 5 s.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.queue)
	}
	l.mu.Unlock()
	timer := time.NewTimer(flushTimeout)
	defer timer.Stop()
	select {
	case <-l.done:
		return nil
	case <-timer.C:
		return errors.New("access log: its writer does not take the last records")
	}
}

// enqueue takes b over.
func (l *Log) enqueue(b *[]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		select {
		case l.queue <- b:
			return
		default:
		}
	}
	l.dropped.Add(1)
	l.buffers.Put(b)
}

// write is the log's goroutine. Every record begins with a line break, which is
// written only where the one before may have been cut short: it spoils itself
// but not its neighbour.
func (l *Log) write() {
	defer close(l.done)
	torn := false
	for b := range l.queue {
		record := *b
		if !torn {
			record = record[1:]
		}
		n, err := l.out.Write(record)
		if err != nil {
			l.dropped.Add(1)
		}
		torn = (torn && n == 0) || (n > 0 && n < len(record))
		l.buffers.Put(b)
	}
}
