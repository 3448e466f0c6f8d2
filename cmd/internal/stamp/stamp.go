// Package stamp says which version of a program this is.
//
// In: what the linker stamped and what the Go toolchain wrote down. Out: one
// line.
package stamp

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Command is the command that prints it, for a program of that name. version is
// what the linker put there, or empty.
func Command(program, version string) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			info, _ := debug.ReadBuildInfo()
			fmt.Fprintln(cmd.OutOrStdout(), program, describe(version, info))
		},
	}
}

// describe is one line: the version, the commit, the Go version.
func describe(stamped string, info *debug.BuildInfo) string {
	name, revision, dirty := stamped, "unknown", ""
	if info != nil {
		if name == "" {
			name = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = "+changes"
			}
		}
	}
	if name == "" {
		name = "(devel)"
	}
	return fmt.Sprintf("%s commit %s%s %s %s/%s", name, revision, dirty, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
