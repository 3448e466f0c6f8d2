package xds

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestMain fails the package if a goroutine of it outlives the tests.
func TestMain(m *testing.M) {
	status := m.Run()
	if left := leaked(); status == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines are left:\n%s\n", left)
		status = 1
	}
	os.Exit(status)
}

// leaked are the goroutines that still run code of this package or of what it
// runs, once those that are about to end have had the time to.
func leaked() (left string) {
	buf := make([]byte, 1<<20)
	for range 100 {
		left = ""
		for stack := range bytes.SplitSeq(buf[:runtime.Stack(buf, true)], []byte("\n\n")) {
			ours := bytes.Contains(stack, []byte("controllers/xds.")) || bytes.Contains(stack, []byte("go-control-plane"))
			if ours && !bytes.Contains(stack, []byte("TestMain")) {
				left += string(stack) + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
		time.Sleep(50 * time.Millisecond)
	}
	return left
}
