//go:build linux

package loop

import "sync"

// backlog is what a socket has not taken yet. Only sessions whose peer is slow
// have one.
type backlog struct {
	data []byte
	from int
	// pipe is none, or holds piped bytes that follow. Nothing comes behind those.
	pipe  pipe
	piped int
}

// The sizes that are pooled, in bytes: the least is most of the messages there
// are, the greatest what is read at once and what framing may add.
const (
	backlogClasses = 4
	leastBacklog   = 4 << 10
	growBacklog    = 4
)

var backlogs [backlogClasses]sync.Pool

// newBacklog has room for n bytes.
func newBacklog(n int) *backlog {
	size := leastBacklog
	for class := range backlogs {
		if n <= size {
			if b, ok := backlogs[class].Get().(*backlog); ok {
				return b
			}
			return &backlog{data: make([]byte, 0, size)}
		}
		size *= growBacklog
	}
	return &backlog{data: make([]byte, 0, n)}
}

// release gives b back, if it is one of the pooled.
func (b *backlog) release() {
	size := leastBacklog
	for class := range backlogs {
		if cap(b.data) == size {
			*b = backlog{data: b.data[:0]}
			backlogs[class].Put(b)
			return
		}
		size *= growBacklog
	}
}

// add appends p, and returns the backlog that holds all.
func (b *backlog) add(p []byte) *backlog {
	if b == nil {
		b = newBacklog(len(p))
	}
	if len(b.data)+len(p) > cap(b.data) {
		more := newBacklog(len(b.bytes()) + len(p))
		more.data = append(more.data, b.bytes()...)
		b.release()
		b = more
	}
	b.data = append(b.data, p...)
	return b
}

// len is how many bytes are left.
func (b *backlog) len() int { return len(b.bytes()) + b.piped }

// bytes are what is left of those in memory.
func (b *backlog) bytes() []byte { return b.data[b.from:] }

// skip forgets the first n bytes of what is left.
func (b *backlog) skip(n int) { b.from += n }
