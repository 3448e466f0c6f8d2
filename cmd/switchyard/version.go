package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is stamped by the linker: -ldflags "-X main.version=v1.2.3".
var version string

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			info, _ := debug.ReadBuildInfo()
			fmt.Fprintln(cmd.OutOrStdout(), describeVersion(version, info))
		},
	}
}

// describeVersion is one line: the version, the commit, the Go version.
func describeVersion(stamped string, info *debug.BuildInfo) string {
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
	return fmt.Sprintf("switchyard %s commit %s%s %s %s/%s", name, revision, dirty, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
