package main

import (
	"context"
	"io"

	"github.com/go-logr/logr"

	"switchyard.dev/cmd/internal/flags"
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
	flags.Gateway
	log logr.Logger
	// access gets a record a session; nil: none are written.
	access io.Writer
	// console serves the page to try routes with.
	console bool
}

// newServer is the serverMaker that makes the real one.
func newServer(o serverOptions) (server, error) {
	var g *gateway.Gateway
	options := o.Options(o.log, o.access)
	if o.console {
		options.Plain = console.Handler(console.Sources{
			Config:   func() *config.Snapshot { return g.Config() },
			Sessions: func(yield func(registry.Live) bool) { g.Sessions().Each(yield) },
		})
	}
	var err error
	g, err = gateway.New(options)
	return g, err
}
