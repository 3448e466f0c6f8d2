package xds

import (
	"context"
	"fmt"
	"time"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	// maxResponse bounds one response. A first one is the whole configuration.
	maxResponse = 64 << 20
	// connectTime is for finding, connecting with and recognising a controller.
	connectTime = 20 * time.Second
	// A controller that says nothing for so long is asked whether it lives, and
	// has so long to answer. Controllers suffer a ping every 10 s.
	pingAfter   = 30 * time.Second
	pingTimeout = 10 * time.Second
)

// dial opens a connection of its own for one stream: with the certificates of
// now, to wherever the address leads now. Waiting before the next try is for Run
// alone.
func (c *Client) dial(ctx context.Context) (stream, func(), error) {
	identity, err := readIdentity(c.o.Certificates)
	if err != nil {
		return nil, nil, err
	}
	conn, err := grpc.NewClient("dns:///"+c.o.Address,
		grpc.WithTransportCredentials(identity),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxResponse)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingTimeout}),
		// What DNS may say of how to call is not asked for.
		grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: connectTime}),
	)
	if err != nil {
		return nil, nil, err
	}
	hangUp := func() { _ = conn.Close() }
	s, err := open(ctx, conn)
	if err != nil {
		hangUp()
		return nil, nil, err
	}
	return s, hangUp, nil
}

// open opens the stream, which lives until ctx ends, within connectTime.
func open(ctx context.Context, conn *grpc.ClientConn) (stream, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(connectTime, func() { cancel(fmt.Errorf("no connection within %v", connectTime)) })
	s, err := discovery.NewAggregatedDiscoveryServiceClient(conn).DeltaAggregatedResources(ctx)
	if timer.Stop() && err == nil {
		return s, nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	cancel(err)
	return nil, err
}
