package main

import (
	"context"
	"io"
	"sync"

	"github.com/go-logr/logr"

	"switchyard.dev/cmd/internal/tuning"
	"switchyard.dev/gateway"
	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/keep"
	"switchyard.dev/gateway/xds"
)

// serve is the life of a gateway: it is seen, it serves what was kept, it follows
// its controller, it drains.
func serve(ctx context.Context, o options, stdout, stderr io.Writer) error {
	tuning.CollectGarbage(ctx)
	tuning.MakeRoom()
	log, err := o.Log.Logger(stderr)
	if err != nil {
		return err
	}
	if err := o.complete(); err != nil {
		return err
	}
	kept, err := openKeep(o.keep)
	if err != nil {
		return err
	}
	access, closeAccess, err := o.Access.Open(stdout)
	if err != nil {
		return err
	}
	defer closeAccess()
	g, err := gateway.New(o.Options(log, access))
	if err != nil {
		return err
	}
	follow := xds.Options{
		Address: o.controller, Certificates: o.certificates, Node: o.node,
		Apply: g.Apply, Observer: g.Controller(), Log: log.WithName("xds"),
	}
	if kept != nil {
		follow.Serving, follow.Versions = restore(g, kept, log)
		follow.Applied = kept.Put
	}
	return together(ctx, g, xds.New(follow), kept, log)
}

// openKeep is nil for no folder.
func openKeep(folder string) (*keep.Keep, error) {
	if folder == "" {
		return nil, nil
	}
	return keep.Open(folder)
}

// restore serves what was kept, and says so.
func restore(g *gateway.Gateway, kept *keep.Keep, log logr.Logger) (*config.Snapshot, map[string]string) {
	s, versions, err := kept.Restore(g.Apply)
	switch {
	case err != nil:
		log.Error(err, "kept configuration is ignored")
	case s != nil:
		log.Info("kept configuration is served", "listeners", len(s.GetListeners()), "routes", len(s.GetRoutes()), "services", len(s.GetServices()))
	}
	return s, versions
}

// together runs all parts until ctx ends or the gateway fails. The client ends
// before the gateway drains: what a configuration says is for new sessions, and a
// draining gateway takes none; it would open ports again that are to close, and
// would answer for its Gateway though it serves it no more. So the controller
// sees it leave at once.
func together(ctx context.Context, g *gateway.Gateway, client *xds.Client, kept *keep.Keep, log logr.Logger) error {
	following, leave := context.WithCancel(ctx)
	serving, drain := context.WithCancel(context.WithoutCancel(ctx))
	var parts sync.WaitGroup
	parts.Go(func() {
		client.Run(following)
		drain()
	})
	if kept != nil {
		parts.Go(func() {
			// Not before the client has put its last.
			kept.Run(serving, func(err error) { log.Error(err, "a start without the controller would serve what is older") })
		})
	}
	err := g.Run(serving)
	leave()
	parts.Wait()
	return err
}
