package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

const (
	// acceptPause is waited after a failure to accept, as where the process has
	// no file descriptors left.
	acceptPause = 50 * time.Millisecond
	// echoGrace is for what connections still have to say when the service stops.
	echoGrace = 2 * time.Second
)

func newEcho() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "echo",
		Short: "Run a TCP service that sends back what it receives",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := net.Listen("tcp", address)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "echo on", l.Addr())
			return serveEcho(cmd.Context(), l)
		},
	}
	cmd.Flags().StringVar(&address, "address", "127.0.0.1:7007", "`host:port` to listen on")
	return cmd
}

// serveEcho echoes every connection of l until ctx ends. Then connections have
// echoGrace to end by themselves.
func serveEcho(ctx context.Context, l net.Listener) error {
	e := &echo{open: map[net.Conn]bool{}}
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			e.serving.Go(func() { e.serve(conn) })
		case ctx.Err() != nil:
			e.stop()
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		default:
			select {
			case <-ctx.Done():
			case <-time.After(acceptPause):
			}
		}
	}
}

// echo is an echo service and its open connections.
type echo struct {
	serving sync.WaitGroup
	mu      sync.Mutex
	open    map[net.Conn]bool
}

// serve sends back what conn sends. When conn has said its last word, so has
// serve, once all of it is sent back.
func (e *echo) serve(conn net.Conn) {
	e.mu.Lock()
	e.open[conn] = true
	e.mu.Unlock()
	// A connection that fails has nobody to be told.
	_, _ = io.Copy(conn, conn)
	_ = conn.Close()
	e.mu.Lock()
	delete(e.open, conn)
	e.mu.Unlock()
}

func (e *echo) stop() {
	e.mu.Lock()
	for conn := range e.open {
		_ = conn.SetDeadline(time.Now().Add(echoGrace))
	}
	e.mu.Unlock()
	e.serving.Wait()
}
