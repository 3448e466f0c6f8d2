package main

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway"
	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/console"
	"switchyard.dev/gateway/registry"
)

// server is a gateway as run needs it.
type server interface {
	// Apply serves s from now on. With an error it serves on what it has.
	Apply(s *config.Snapshot) error
	// Run serves until ctx ends, and then stops gracefully.
	Run(ctx context.Context) error
}

// serverMaker opens a gateway.
type serverMaker func(serverOptions) (server, error)

// serverOptions are the flags of run that are for the gateway.
type serverOptions struct {
	log logr.Logger
	// accessLog gets a record a session; nil: none are written.
	accessLog io.Writer
	// admin is the address of the admin listener; "-" is none.
	admin string
	// console serves the page to try routes with.
	console                   bool
	drainWindow, drainTimeout time.Duration
}

// newServer is the serverMaker that makes the real one.
func newServer(o serverOptions) (server, error) {
	var g *gateway.Gateway
	var plain *http.ServeMux
	if o.console {
		plain = console.Handler(console.Sources{
			Config:   func() *config.Snapshot { return g.Config() },
			Sessions: func(yield func(registry.Live) bool) { g.Sessions().Each(yield) },
		})
	}
	var err error
	g, err = gateway.New(gateway.Options{
		Log: o.log, AccessLog: o.accessLog, Admin: o.admin, Plain: plain,
		DrainWindow: never(o.drainWindow), DrainTimeout: never(o.drainTimeout),
	})
	return g, err
}

// never makes a flag's zero the zero of gateway.Options, which is negative.
func never(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}
