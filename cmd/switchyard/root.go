package main

import (
	"github.com/spf13/cobra"

	"switchyard.dev/cmd/internal/stamp"
)

// version is stamped by the linker: -ldflags "-X main.version=v1.2.3".
var version string

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "switchyard",
		Short: "A WebSocket ingress: subprotocols in front, plain TCP services behind",
		// Errors are printed by run, and usage is no answer to all of them.
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(newController(), newRun(newServer), newCheck(), newEcho(), stamp.Command("switchyard", version))
	return root
}
