package xds

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"golang.org/x/net/netutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/authority"
)

const (
	// maxRequest has place for the versions of 100,000 resources, about 120 bytes
	// each with usual names.
	maxRequest = 16 << 20
	// maxHeader is more than gRPC itself needs.
	maxHeader = 16 << 10
	// streamsPerConnection allows a client to begin anew before the old stream
	// has gone.
	streamsPerConnection = 4
	// handshakeTimeout is for TLS and the beginning of HTTP/2.
	handshakeTimeout = 10 * time.Second
	// maxConnections bounds those that have not shown a certificate yet, too:
	// thousands of gateways have one each.
	maxConnections = 10_000
	// stopGrace is for the last words to clients.
	stopGrace = 2 * time.Second
)

var (
	// pings find a gateway that vanished within 35 s. Connections without a
	// stream are closed; the age of one is not limited.
	pings = keepalive.ServerParameters{
		Time:              20 * time.Second,
		Timeout:           15 * time.Second,
		MaxConnectionIdle: time.Minute,
	}
	// clientPings may come every 10 s. The half of it is enforced, since networks
	// bunch them up and gRPC closes at the third that is early, however long ago
	// the others were.
	clientPings = keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}
)

// Serve serves on listener until ctx ends. Then the streams are told to go
// elsewhere, and what is left after a short time is cut. terms must verify
// clients' certificates, as those of authority.ServerTLS do.
func (s *Server) Serve(ctx context.Context, listener net.Listener, terms *tls.Config) error {
	server := grpc.NewServer(
		grpc.Creds(credentials.NewTLS(terms)),
		grpc.MaxRecvMsgSize(maxRequest),
		grpc.MaxHeaderListSize(maxHeader),
		grpc.MaxConcurrentStreams(streamsPerConnection),
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.KeepaliveParams(s.keepalive),
		grpc.KeepaliveEnforcementPolicy(clientPings),
		grpc.WaitForHandlers(true),
	)
	discovery.RegisterAggregatedDiscoveryServiceServer(server, &service{server: s, stopping: ctx.Done()})
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(netutil.LimitListener(listener, maxConnections)) }()
	select {
	case err := <-failed:
		server.Stop()
		return err
	case <-ctx.Done():
	}
	cut := time.AfterFunc(stopGrace, server.Stop)
	defer cut.Stop()
	server.GracefulStop()
	if err := <-failed; !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

// service is what gRPC knows of a Server. Streams of another than the delta
// protocol are answered with Unimplemented.
type service struct {
	discovery.UnimplementedAggregatedDiscoveryServiceServer
	server   *Server
	stopping <-chan struct{}
}

// DeltaAggregatedResources serves one stream of one gateway.
func (s *service) DeltaAggregatedResources(r rpc) error {
	gateway, until, err := caller(r.Context())
	if err != nil {
		return status.Error(codes.PermissionDenied, err.Error())
	}
	room, err := s.server.enter(gateway)
	if err != nil {
		return err
	}
	st := &stream{rpc: r, server: s.server, broken: make(chan error, 1), report: Report{Gateway: gateway, Since: time.Now()}}
	defer s.server.leave(room, st)
	return st.serve(room, until, s.stopping)
}

// caller is the Gateway whose certificate was verified for this connection, and
// until when that is good.
func caller(ctx context.Context) (gateway types.NamespacedName, until time.Time, err error) {
	p, _ := peer.FromContext(ctx)
	if p == nil {
		return gateway, until, errors.New("the connection has no peer")
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.VerifiedChains) == 0 {
		return gateway, until, errors.New("the connection has no verified certificate")
	}
	leaf := info.State.VerifiedChains[0][0]
	gateway, err = authority.Identity(leaf)
	return gateway, leaf.NotAfter, err
}
