package pump

import (
	"bytes"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestMain fails the package where a goroutine outlives its session.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && !settled() {
		os.Stderr.WriteString("goroutines outlive the tests\n")
		code = 1
	}
	os.Exit(code)
}

func settled() bool {
	for range 200 {
		if buf := make([]byte, 1<<20); !bytes.Contains(buf[:runtime.Stack(buf, true)], []byte("pump.(*Session)")) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}
