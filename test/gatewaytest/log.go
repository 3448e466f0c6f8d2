package gatewaytest

import (
	"bytes"
	"sync"
)

// maxLog bounds the log kept for a failing test.
const maxLog = 1 << 20

// Log keeps the beginning of a log, for a test that fails. It is safe for
// concurrent use.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Add adds a line.
func (l *Log) Add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buf.Len() < maxLog {
		l.buf.WriteString(line + "\n")
	}
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
