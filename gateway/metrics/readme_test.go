package metrics

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite README.md")

const readme = "README.md"

const intro = `# Metrics of the gateway

Served by the admin listener at ` + "`/metrics`" + `. Route and subprotocol are those of the configuration; where the fallback
serves, the subprotocol is empty. No label ever takes a value that a client sent. The series of a route that is no longer
configured go away with the first configuration after its last session.

This page is written by ` + "`go test ./gateway/metrics -update`" + `.

`

// TestREADME compares the table for users with what is declared.
func TestREADME(t *testing.T) {
	want := []byte(intro + table())
	if *update {
		if err := os.WriteFile(readme, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale; run go test ./gateway/metrics -update", readme)
	}
}

func table() string {
	var out strings.Builder
	out.WriteString("| metric | kind | labels | meaning |\n|---|---|---|---|\n")
	for _, f := range families {
		labels := ""
		if len(f.labels) > 0 {
			labels = "`" + strings.Join(f.labels, "`, `") + "`"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", f.name, f.kind, labels, f.help)
	}
	return out.String()
}

// TestWhatIsDeclaredIsWhatIsServed keeps the table honest.
func TestWhatIsDeclaredIsWhatIsServed(t *testing.T) {
	b := newBench(t)
	b.fillAll(t)
	gathered, err := b.gatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]string{}
	for _, f := range gathered {
		labels := map[string]bool{}
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels[l.GetName()] = true
		}
		served[f.GetName()] = fmt.Sprint(strings.ToLower(f.GetType().String()), f.GetHelp(), labels)
	}
	for _, f := range families {
		labels := map[string]bool{}
		for _, l := range f.labels {
			labels[l] = true
		}
		if want := fmt.Sprint(f.kind, f.help, labels); served[f.name] != want {
			t.Errorf("%s is served as %q, declared as %q", f.name, served[f.name], want)
		}
		delete(served, f.name)
	}
	for name := range served {
		t.Errorf("%s is served and not declared", name)
	}
}
