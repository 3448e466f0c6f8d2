// Command switchyard-gateway is the data plane alone: it serves what a controller
// tells it. It links nothing of Kubernetes, and holds no credential but the
// certificate that it shows its controller.
//
// Flags, signals and exit codes exist here alone.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: 0 is success, 1 is failure, which stderr tells.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		root.PrintErrln("switchyard-gateway:", err)
		return 1
	}
	return 0
}
