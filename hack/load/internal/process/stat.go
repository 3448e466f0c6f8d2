// Package process reads what a process and its children have used: CPU time
// and memory, from /proc.
package process

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 on every Linux
// that Go runs on.
const tick = 10 * time.Millisecond

// stat is what we need of /proc/PID/stat.
type stat struct {
	parent int
	// user and system hold the process's own time and that of its children
	// that have ended and been waited for.
	user, system time.Duration
}

// Positions in /proc/PID/stat, counted from the field after the command's
// closing parenthesis (proc(5) numbers that field 3).
const (
	statParent = 4 - 3
	statUtime  = 14 - 3
	statStime  = 15 - 3
	statCutime = 16 - 3
	statCstime = 17 - 3
)

// parseStat reads the one line of /proc/PID/stat. The command's name may hold
// spaces and parentheses, so fields are counted from the last one.
func parseStat(line []byte) (stat, error) {
	end := bytes.LastIndexByte(line, ')')
	if end < 0 {
		return stat{}, fmt.Errorf("stat: no command in parentheses in %q", line)
	}
	fields := bytes.Fields(line[end+1:])
	if len(fields) <= statCstime {
		return stat{}, fmt.Errorf("stat: %d fields after the command, want more than %d", len(fields), statCstime)
	}
	var numbers [statCstime + 1]int64
	for _, i := range []int{statParent, statUtime, statStime, statCutime, statCstime} {
		n, err := strconv.ParseInt(string(fields[i]), 10, 64)
		if err != nil {
			return stat{}, fmt.Errorf("stat: field %d: %w", i+3, err)
		}
		numbers[i] = n
	}
	return stat{
		parent: int(numbers[statParent]),
		user:   time.Duration(numbers[statUtime]+numbers[statCutime]) * tick,
		system: time.Duration(numbers[statStime]+numbers[statCstime]) * tick,
	}, nil
}

// memory is in KiB.
type memory struct{ rss, pss int64 }

// parseMemory reads "Key: N kB" lines: /proc/PID/smaps_rollup (Rss, Pss) or
// /proc/PID/status (VmRSS). Without a Pss the resident size stands for it.
func parseMemory(text []byte) (memory, error) {
	m := memory{rss: -1, pss: -1}
	for line := range bytes.Lines(text) {
		key, value, _ := bytes.Cut(line, []byte(":"))
		var to *int64
		switch string(key) {
		case "Rss", "VmRSS":
			to = &m.rss
		case "Pss":
			to = &m.pss
		default:
			continue
		}
		fields := bytes.Fields(value)
		if len(fields) != 2 || string(fields[1]) != "kB" {
			return memory{}, fmt.Errorf("memory: %s is %q, want a number and kB", key, bytes.TrimSpace(value))
		}
		n, err := strconv.ParseUint(string(fields[0]), 10, 63)
		if err != nil {
			return memory{}, fmt.Errorf("memory: %s: %w", key, err)
		}
		*to = int64(n)
	}
	if m.rss < 0 {
		return memory{}, fmt.Errorf("memory: neither Rss nor VmRSS in %d bytes", len(text))
	}
	if m.pss < 0 {
		m.pss = m.rss
	}
	return m, nil
}
