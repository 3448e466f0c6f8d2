package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway/config"
)

// server is a gateway as run needs it.
type server interface {
	// Apply serves s from now on. With an error it serves on what it has.
	Apply(s *config.Snapshot) error
	// Run serves until ctx ends, and then stops gracefully.
	Run(ctx context.Context) error
}

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

// serverMaker opens a gateway.
type serverMaker func(serverOptions) (server, error)

// newServer is the serverMaker of this build.
func newServer(serverOptions) (server, error) {
	return nil, errors.New("this build has no gateway in it")
}
