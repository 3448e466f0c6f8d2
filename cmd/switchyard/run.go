package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"

	"switchyard.dev/cmd/internal/tuning"
)

const (
	// A laptop has few sessions: they need not be spread far.
	defaultDrainWindow = time.Second
	// defaultDrainTimeout leaves close handshakes their time, and stays well
	// under the 30 s that most who stop processes grant.
	defaultDrainTimeout = 10 * time.Second
)

// runFlags are the flags of run.
type runFlags struct {
	path, echo string
	server     serverOptions
}

func newRun(open serverMaker) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run -f PATH",
		Short: "Serve objects in files, following edits",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), f, open, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	addPath(cmd, &f.path)
	flags := cmd.Flags()
	f.server.Add(flags, defaultDrainWindow, defaultDrainTimeout)
	flags.BoolVar(&f.server.console, "console", true, "serve a page to try routes with on plain listeners")
	flags.StringVar(&f.echo, "echo", "", "also run an echo service at `host:port`")
	return cmd
}

func serve(ctx context.Context, f runFlags, open serverMaker, stdout, stderr io.Writer) error {
	tuning.CollectGarbage(ctx)
	tuning.MakeRoom()
	log, err := f.server.Log.Logger(stderr)
	if err != nil {
		return err
	}
	source := &source{path: f.path, log: log}
	first, err := source.load()
	if err != nil {
		return err
	}
	access, closeAccess, err := f.server.Access.Open(stdout)
	if err != nil {
		return err
	}
	defer closeAccess()
	options := f.server
	options.log, options.access = log, access

	stopEcho, err := startEcho(f.echo, log)
	if err != nil {
		return err
	}
	defer stopEcho()
	server, err := open(options)
	if err != nil {
		return err
	}
	if err := server.Apply(first.Snapshot); err != nil {
		return err
	}
	source.take(first)
	if err := welcome(stderr, first.Snapshot, options); err != nil {
		return err
	}
	return runBoth(ctx, server, source)
}

// runBoth serves and follows edits until ctx ends. A server that fails ends
// both; files that cannot be followed any more end nothing.
func runBoth(ctx context.Context, s server, source *source) error {
	following, stop := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		source.follow(following, s)
	}()
	err := s.Run(ctx)
	stop()
	<-followed
	return err
}

// startEcho starts the echo service, if there is an address for one. It lives
// until stop, so that sessions to it can say their last words.
func startEcho(address string, log logr.Logger) (stop func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("echo service: %w", err)
	}
	log.Info("echo service listens", "address", l.Addr().String())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := serveEcho(ctx, l); err != nil {
			log.Error(err, "echo service ended")
		}
	}()
	return func() { cancel(); <-done }, nil
}
