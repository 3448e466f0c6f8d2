package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "rewrite the flags in controllers/README.md")

// TestTheManualHasTheControllersFlags compares the table for users with what the
// command takes.
func TestTheManualHasTheControllersFlags(t *testing.T) {
	const manual = "../../controllers/README.md"
	t.Setenv("POD_NAMESPACE", "")
	t.Setenv("POD_NAME", "$POD_NAME")
	got, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`(?s)(<!-- flags: [^\n]*-->\n).*?(\n<!-- end -->)`)
	marks := between.FindSubmatch(got)
	if marks == nil {
		t.Fatalf("%s has no place for the flags", manual)
	}
	want := bytes.Replace(got, marks[0], bytes.Join([][]byte{marks[1], []byte(flagTable()), marks[2]}, nil), 1)
	if *update {
		if err := os.WriteFile(manual, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go test ./cmd/switchyard -update", manual)
	}
}

func flagTable() string {
	var out strings.Builder
	out.WriteString("| flag | default | |\n|---|---|---|\n")
	newController().Flags().VisitAll(func(f *pflag.Flag) {
		value, meaning := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Value.Type() != "bool" {
			name += " " + strings.ToUpper(value)
		}
		byDefault := ""
		if d := f.DefValue; d != "" && d != "[]" && d != "false" {
			byDefault = "`" + d + "`"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", name, byDefault, meaning)
	})
	return out.String()
}
