package controllertest

import (
	"context"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/log"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/delta/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"switchyard.dev/gateway/config"
	"switchyard.dev/test/gatewaytest"
)

// Controller serves all gateways the same.
type Controller struct {
	// Address is where it is, also while it is stopped.
	Address string
	// Certificates are what a gateway needs to reach it.
	Certificates *Certificates
	// Own is its certificate, signed by itself. Start shows it.
	Own *config.Certificate
	*Record

	tb    testing.TB
	cache cache.SnapshotCache
	gate  *gate
	stop  func()
}

// New is a controller that runs until the test ends.
func New(tb testing.TB) *Controller {
	tb.Helper()
	own, _ := gatewaytest.NewCertificate(tb, config.ServerName)
	c := &Controller{
		Own: own, Certificates: newCertificates(tb, own), Record: &Record{}, tb: tb,
		cache: cache.NewSnapshotCache(false, everyone{}, log.NewDefaultLogger()), gate: newGate(tb), stop: func() {},
	}
	c.Address = c.gate.Addr().String()
	c.Start()
	tb.Cleanup(c.Stop)
	return c
}

// Set is what gateways are to serve from now on.
func (c *Controller) Set(s *config.Snapshot) {
	c.tb.Helper()
	must(c.tb, c.cache.SetSnapshot(context.Background(), everyone{}.ID(nil), newPieces(c.tb, s.Resources())))
}

// Start has it come back where it was.
func (c *Controller) Start() {
	c.tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(c.Certificates.serverTLS(c.Own))))
	discovery.RegisterAggregatedDiscoveryServiceServer(server, &service{
		delta: delta.NewServer(ctx, c.cache, c.Record),
	})
	door := c.gate.open()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(door)
	}()
	c.stop = func() {
		cancel()
		server.Stop()
		<-done
	}
}

// Stop has it gone, at once. It may be called again.
func (c *Controller) Stop() {
	c.stop()
	c.stop = func() {}
}

// service is the one method that a gateway calls.
type service struct {
	discovery.UnimplementedAggregatedDiscoveryServiceServer
	delta delta.Server
}

func (s *service) DeltaAggregatedResources(stream discovery.AggregatedDiscoveryService_DeltaAggregatedResourcesServer) error {
	return s.delta.DeltaStreamHandler(stream, resource.AnyType)
}

// everyone makes all nodes one.
type everyone struct{}

// ID is for cache.NodeHash.
func (everyone) ID(*core.Node) string { return "everyone" }
