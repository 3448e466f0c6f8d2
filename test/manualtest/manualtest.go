package manualtest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the tables of manuals")

// Updating says whether the tables are to be rewritten. It is known once flags
// are parsed.
func Updating() bool { return *update }

// Table fails the test where the table of that name in a manual is not want.
// The manual says where it stands, and how it is written:
//
//	<!-- flags: written by go test ./cmd/switchyard -update -->
//	...
//	<!-- end -->
func Table(t *testing.T, manual, name, want string) {
	t.Helper()
	got := read(t, manual)
	place := regexp.MustCompile(fmt.Sprintf(`(?s)<!-- %s: written by ([^\n]*) -->\n(.*?)\n<!-- end -->`, regexp.QuoteMeta(name)))
	marks := place.FindSubmatchIndex(got)
	if marks == nil {
		t.Fatalf("%s has no place for %q", manual, name)
	}
	command, from, to := got[marks[2]:marks[3]], marks[4], marks[5]
	if string(got[from:to]) == want {
		return
	}
	if !Updating() {
		t.Errorf("%s is stale: run %s", manual, command)
		return
	}
	whole := bytes.Join([][]byte{got[:from], []byte(want), got[to:]}, nil)
	if err := os.WriteFile(manual, whole, 0o644); err != nil {
		t.Fatal(err)
	}
}

var example = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// Examples are the blocks of YAML in a manual, of which there is at least one.
func Examples(t *testing.T, manual string) []string {
	t.Helper()
	var all []string
	for _, block := range example.FindAllSubmatch(read(t, manual), -1) {
		all = append(all, string(block[1]))
	}
	if len(all) == 0 {
		t.Fatalf("%s has no example", manual)
	}
	return all
}

func read(t *testing.T, manual string) []byte {
	t.Helper()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
