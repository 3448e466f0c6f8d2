package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"switchyard.dev/test/manualtest"
)

// TestTheManualHasTheControllersFlags compares the table for users with what the
// command takes.
func TestTheManualHasTheControllersFlags(t *testing.T) {
	t.Setenv("POD_NAMESPACE", "")
	t.Setenv("POD_NAME", "$POD_NAME")
	manualtest.Table(t, "../../controllers/README.md", "flags", flagTable())
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
