package bench

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// describeMachine is one line about where the figures come from, and about how
// busy it was with other things before they were taken.
func describeMachine() string {
	return fmt.Sprintf("%d cores (%s), Linux %s, %s; load average before the run %s",
		runtime.NumCPU(), processor(), firstField("/proc/sys/kernel/osrelease"), runtime.GOARCH, firstField("/proc/loadavg"))
}

// firstField is the first word of a file, where it can be read.
func firstField(path string) string {
	text, err := os.ReadFile(path)
	if fields := bytes.Fields(text); err == nil && len(fields) > 0 {
		return string(fields[0])
	}
	return "unknown"
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
