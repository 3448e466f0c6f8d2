package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const nginxStat = "4711 (nginx: worker (1)) S 4700 4711 4711 0 -1 4194624 1200 0 0 0 150 250 3 4 20 0 1 0 99 1000 500 18446744073709551615\n"

func TestParseStat(t *testing.T) {
	tests := map[string]struct {
		line string
		want stat
		err  string
	}{
		"a command with spaces and parentheses": {
			line: nginxStat,
			want: stat{parent: 4700, user: 1530 * time.Millisecond, system: 2540 * time.Millisecond},
		},
		"no command":       {line: "1 init S 0", err: "no command"},
		"cut short":        {line: "1 (init) S 0 1 1", err: "fields after the command"},
		"not a number":     {line: strings.Replace(nginxStat, " 150 ", " x ", 1), err: "field 14"},
		"an empty file":    {line: "", err: "no command"},
		"nothing after it": {line: "1 (init)", err: "0 fields"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseStat([]byte(tc.line))
			wantError(t, err, tc.err)
			if got != tc.want {
				t.Errorf("parseStat = %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestParseMemory(t *testing.T) {
	tests := map[string]struct {
		text string
		want memory
		err  string
	}{
		"smaps_rollup": {
			text: "00400000-7fff [rollup]\nRss:                2048 kB\nPss:                1024 kB\nPss_Dirty:     7 kB\n",
			want: memory{rss: 2048, pss: 1024},
		},
		"status, which knows no Pss":      {text: "Name:\tx\nVmRSS:\t   12 kB\n", want: memory{rss: 12, pss: 12}},
		"a kernel thread has neither":     {text: "Name:\tkthreadd\n", err: "neither Rss nor VmRSS"},
		"another unit":                    {text: "Rss: 1 MB\n", err: "want a number and kB"},
		"not a number":                    {text: "Rss: many kB\n", err: "Rss"},
		"a number that does not fit":      {text: "Rss: 99999999999999999999 kB\n", err: "Rss"},
		"a key without a value":           {text: "Rss:\n", err: "want a number and kB"},
		"an empty file, a process ending": {text: "", err: "neither"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseMemory([]byte(tc.text))
			wantError(t, err, tc.err)
			if got != tc.want {
				t.Errorf("parseMemory = %+v, want %+v", got, tc.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(nginxStat))
	f.Add([]byte("Rss: 1 kB\nPss: 2 kB\n"))
	f.Add([]byte(")"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = parseStat(b)
		if m, err := parseMemory(b); err == nil && (m.pss < 0 || m.rss < 0) {
			t.Errorf("parseMemory = %+v without an error", m)
		}
	})
}

func TestDescendantsAreFoundOnce(t *testing.T) {
	stats := map[int]stat{1: {}, 10: {parent: 1}, 11: {parent: 10}, 12: {parent: 11}, 20: {parent: 1}}
	got := descendants([]int{10, 11}, stats)
	slices.Sort(got)
	if want := []int{10, 11, 12}; !slices.Equal(got, want) {
		t.Errorf("descendants = %v, want %v", got, want)
	}
}

func TestSampleAddsUpATree(t *testing.T) {
	root := t.TempDir()
	process := func(pid, parent int, utime string, memory string) {
		dir := filepath.Join(root, strconv.Itoa(pid))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		line := strconv.Itoa(pid) + " (x) S " + strconv.Itoa(parent) + " 0 0 0 0 0 0 0 0 0 " + utime + " 0 0 0 20\n"
		for name, text := range map[string]string{"stat": line, "smaps_rollup": memory} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	process(10, 1, "100", "Rss: 50 kB\nPss: 30 kB\n")
	process(11, 10, "7", "Rss: 50 kB\nPss: 20 kB\n")
	process(12, 1, "9999", "Rss: 9999 kB\nPss: 9999 kB\n")
	if err := os.Mkdir(filepath.Join(root, "self"), 0o755); err != nil {
		t.Fatal(err)
	}

	got, err := (&Tree{root: root, pids: []int{10}}).Sample()
	want := Usage{User: 1070 * time.Millisecond, RSS: 100, PSS: 50, Processes: 2}
	if err != nil || got != want {
		t.Errorf("Sample = %+v, %v; want %+v", got, err, want)
	}
	if _, err := (&Tree{root: root, pids: []int{13}}).Sample(); err == nil {
		t.Error("a process that is not there: no error")
	}
}

func TestSampleReadsARealProcessAndItsChild(t *testing.T) {
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Skipf("no sleep command: %v", err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	got, err := NewTree(os.Getpid()).Sample()
	if err != nil {
		t.Fatal(err)
	}
	if got.Processes < 2 || got.RSS <= 0 || got.PSS <= 0 {
		t.Errorf("Sample = %+v, want this process and its child with some memory", got)
	}
}

// wantError fails unless err's text holds want; an empty want is no error.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Fatalf("unexpected error: %v", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Fatalf("error %v, want one with %q", err, want)
	}
}
