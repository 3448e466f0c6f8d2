// Command load measures WebSocket servers: it opens many sessions, makes them
// talk, and tells what that cost the server. README.md says how to use it.
//
//	load -url ws://…     one run, one JSON line
//	load hold -url ws:…  sessions that are kept until the server ends them
//	load serve KIND=ADDR services to measure proxies with
//	load bench           the gateway beside its peers
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run carries a command line out and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	command := measure
	if len(args) > 0 {
		switch args[0] {
		case "hold":
			command, args = hold, args[1:]
		case "serve":
			command, args = serve, args[1:]
		case "bench":
			command, args = compare, args[1:]
		}
	}
	err := command(ctx, args, stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "load:", err)
		return 1
	}
	return 0
}
