package bench

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// describeMachine is one line about where the figures come from.
func describeMachine() string {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		kernel = []byte("unknown")
	}
	return fmt.Sprintf("%d cores (%s), Linux %s, %s", runtime.NumCPU(), processor(), bytes.TrimSpace(kernel), runtime.GOARCH)
}

// processor is the model's name, where the kernel tells it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown model"
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown model"
}
