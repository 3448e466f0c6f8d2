package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Usage is what a set of processes has used up to one moment.
type Usage struct {
	// User and System are CPU time, with that of ended children; steps of 10 ms.
	User, System time.Duration
	// RSS and PSS are resident memory in KiB, summed. PSS counts a page shared
	// by several processes once.
	RSS, PSS int64
	// Processes is how many were counted.
	Processes int
}

// CPU is user and system time together.
func (u Usage) CPU() time.Duration { return u.User + u.System }

// Tree reads processes and all their descendants.
type Tree struct {
	root string
	pids []int
}

// NewTree is the tree under pids, as /proc shows it.
func NewTree(pids ...int) *Tree { return &Tree{root: "/proc", pids: pids} }

// Sample reads the tree as it is now. A child that ends meanwhile is left out;
// a root process that is gone is an error.
func (t *Tree) Sample() (Usage, error) {
	stats, err := t.stats()
	if err != nil {
		return Usage{}, err
	}
	for _, pid := range t.pids {
		if _, ok := stats[pid]; !ok {
			return Usage{}, fmt.Errorf("process %d: not running", pid)
		}
	}
	var sum Usage
	for _, pid := range descendants(t.pids, stats) {
		m, err := t.memory(pid)
		if gone(err) {
			continue
		}
		if err != nil {
			return Usage{}, fmt.Errorf("process %d: %w", pid, err)
		}
		sum.User += stats[pid].user
		sum.System += stats[pid].system
		sum.RSS += m.rss
		sum.PSS += m.pss
		sum.Processes++
	}
	return sum, nil
}

// stats reads /proc/*/stat.
func (t *Tree) stats() (map[int]stat, error) {
	entries, err := os.ReadDir(t.root)
	if err != nil {
		return nil, err
	}
	all := make(map[int]stat)
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join(t.root, entry.Name(), "stat"))
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if all[pid], err = parseStat(line); err != nil {
			return nil, fmt.Errorf("process %d: %w", pid, err)
		}
	}
	return all, nil
}

// memory reads smaps_rollup, or status where the kernel offers no rollup.
func (t *Tree) memory(pid int) (memory, error) {
	dir := filepath.Join(t.root, strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(dir, "smaps_rollup"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		text, err = os.ReadFile(filepath.Join(dir, "status"))
	}
	if err != nil {
		return memory{}, err
	}
	return parseMemory(text)
}

// descendants is roots and everything below them, each once.
func descendants(roots []int, stats map[int]stat) []int {
	children := make(map[int][]int)
	for pid, s := range stats {
		children[s.parent] = append(children[s.parent], pid)
	}
	seen := make(map[int]bool)
	var found []int
	for queue := append([]int(nil), roots...); len(queue) > 0; queue = queue[1:] {
		pid := queue[0]
		if seen[pid] {
			continue
		}
		seen[pid] = true
		found = append(found, pid)
		queue = append(queue, children[pid]...)
	}
	return found
}

// gone reports that a process ended between being listed and being read.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH)
}
