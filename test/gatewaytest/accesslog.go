package gatewaytest

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
)

// AccessLog takes the access log of a gateway under test.
type AccessLog struct {
	mu    sync.Mutex
	lines []string
}

// Write takes whole lines, as the gateway promises to write them.
func (l *AccessLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(p) {
		l.lines = append(l.lines, string(line))
	}
	return len(p), nil
}

// maxShownLines bounds what String returns.
const maxShownLines = 10

// String is the end of the log.
func (l *AccessLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines[max(0, len(l.lines)-maxShownLines):], "")
}

// Records are the lines so far. A line that is no JSON object fails the test.
func (l *AccessLog) Records(tb testing.TB) []map[string]any {
	tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	records := make([]map[string]any, len(l.lines))
	for i, line := range l.lines {
		if err := json.Unmarshal([]byte(line), &records[i]); err != nil || !strings.HasSuffix(line, "\n") {
			tb.Fatalf("line %q of the access log is no JSON object on a line of its own: %v", line, err)
		}
	}
	return records
}

// WantCause waits for one more record than before and fails the test unless it
// is a session's that ended with cause. It returns how many there are.
func (l *AccessLog) WantCause(tb testing.TB, before int, cause string) int {
	tb.Helper()
	var records []map[string]any
	Eventually(tb, "one more record in the access log", func() bool {
		records = l.Records(tb)
		return len(records) > before
	})
	if got := records[before]["cause"]; got != cause {
		tb.Errorf("the access log says cause %v, want %s: %v", got, cause, records[before])
	}
	return before + 1
}
