package main

import (
	"cmp"
	"fmt"
	"net"
	"os"

	"github.com/spf13/cobra"

	"switchyard.dev/cmd/internal/flags"
	"switchyard.dev/cmd/internal/stamp"
	"switchyard.dev/gateway"
)

const program = "switchyard-gateway"

// version is stamped by the linker: -ldflags "-X main.version=v1.2.3".
var version string

// podName is the variable that names the pod, where there is one.
const podName = "POD_NAME"

// options are the flags.
type options struct {
	flags.Gateway
	controller, certificates, keep, node string
}

func newRoot() *cobra.Command {
	var o options
	root := &cobra.Command{
		Use:   program + " --controller HOST:PORT --certificates DIR",
		Short: "Serve what a controller says",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
		// Errors are printed by run, and usage is no answer to all of them.
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	f := root.Flags()
	f.StringVar(&o.controller, "controller", "", "`host:port` of the controller")
	f.StringVar(&o.certificates, "certificates", "", "`folder` with tls.crt, tls.key and ca.crt for the way to the controller")
	f.StringVar(&o.keep, "keep", "", "`folder` in memory to keep the last configuration in, with its private keys; empty keeps none")
	f.StringVar(&o.node, "node", "", "`name` of this gateway among its like (default $"+podName+", or else the host's name)")
	o.Add(f, gateway.DefaultDrainWindow, gateway.DefaultDrainTimeout)
	_ = root.MarkFlagRequired("controller")
	_ = root.MarkFlagRequired("certificates")
	root.AddCommand(stamp.Command(program, version))
	return root
}

// complete checks what the flags say, and fills in what they do not.
func (o *options) complete() error {
	if host, port, err := net.SplitHostPort(o.controller); err != nil || host == "" || port == "" {
		return fmt.Errorf("--controller %q: want host:port", o.controller)
	}
	if o.node = cmp.Or(o.node, os.Getenv(podName)); o.node != "" {
		return nil
	}
	var err error
	if o.node, err = os.Hostname(); err != nil {
		return fmt.Errorf("--node: %w", err)
	}
	return nil
}
