package bench

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"sync"
)

// speaker is a server whose standard output is read line by line.
type speaker struct {
	*server
	output *os.File
	lines  *bufio.Scanner
}

// launchSpeaker starts cmd and listens to what it prints.
func launchSpeaker(name string, cmd *exec.Cmd) (*speaker, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = writer
	s, err := launch(name, cmd)
	_ = writer.Close()
	if err != nil {
		_ = reader.Close()
		return nil, err
	}
	return &speaker{server: s, output: reader, lines: bufio.NewScanner(reader)}, nil
}

// line waits for the next line; it is empty where there is none.
func (s *speaker) line() string {
	s.lines.Scan()
	return s.lines.Text()
}

func (s *speaker) stop() {
	s.server.stop()
	_ = s.output.Close()
}

// tailSize is how much of a server's output is kept for an error message.
const tailSize = 2 << 10

// tail keeps the last bytes written to it. It is safe for concurrent use.
type tail struct {
	mu    sync.Mutex
	bytes []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes = append(t.bytes, b...)
	if extra := len(t.bytes) - tailSize; extra > 0 {
		t.bytes = t.bytes[extra:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.bytes))
}
