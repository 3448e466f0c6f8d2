package xds

import (
	"context"
	"io"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/delta/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"switchyard.dev/gateway/config"
)

// rpc is the stream as gRPC gives it.
type rpc = discovery.AggregatedDiscoveryService_DeltaAggregatedResourcesServer

// stream is one gateway that is connected, between gRPC and the delta server of
// go-control-plane, which runs once for each.
type stream struct {
	rpc
	server *Server

	// asked and sent belong to the delta server's goroutine.
	// asked: the first request was there.
	asked bool
	// sent is the response that waits for its answer. The cache makes none before
	// that, since it is asked for the next one by the answer.
	sent response
	// broken takes the error that ended receiving.
	broken chan error

	// Guarded by server.mu.
	report Report
	ended  bool
}

type response struct{ nonce, digest string }

var _ delta.Callbacks = (*stream)(nil)

// Recv implements the delta server's stream. That server takes any error for
// the end of the stream; the caller is to know which.
func (st *stream) Recv() (*discovery.DeltaDiscoveryRequest, error) {
	r, err := st.rpc.Recv()
	if err != nil && err != io.EOF {
		st.broken <- err
	}
	return r, err
}

// OnDeltaStreamOpen implements delta.Callbacks.
func (st *stream) OnDeltaStreamOpen(context.Context, int64, string) error { return nil }

// OnDeltaStreamClosed implements delta.Callbacks.
func (st *stream) OnDeltaStreamClosed(int64, *core.Node) {}

// OnStreamDeltaRequest implements delta.Callbacks. The first request subscribes,
// each later one answers the response before it. Any other could overtake a
// response that the cache has made already, and what was published in between
// would stay with the gateway.
func (st *stream) OnStreamDeltaRequest(_ int64, r *discovery.DeltaDiscoveryRequest) error {
	if err := check(r); err != nil {
		return err
	}
	if !st.asked {
		if r.GetResponseNonce() != "" {
			return status.Errorf(codes.InvalidArgument, "response_nonce %.64q: nothing was sent on this stream yet", r.GetResponseNonce())
		}
		st.asked = true
		st.server.open(st, pod(r.GetNode().GetId()))
		return nil
	}
	if st.sent.nonce == "" || st.sent.nonce != r.GetResponseNonce() {
		return status.Errorf(codes.InvalidArgument, "response_nonce %.64q: answers nothing that waits for an answer", r.GetResponseNonce())
	}
	if r.GetErrorDetail() != nil {
		st.server.refused(st, st.sent.digest, refusal(r.GetErrorDetail().GetMessage()))
	} else {
		st.server.acknowledged(st, st.sent.digest)
	}
	st.sent = response{}
	return nil
}

// OnStreamDeltaResponse implements delta.Callbacks.
func (st *stream) OnStreamDeltaResponse(_ int64, _ *discovery.DeltaDiscoveryRequest, r *discovery.DeltaDiscoveryResponse) {
	st.sent = response{nonce: r.GetNonce(), digest: r.GetSystemVersionInfo()}
	st.server.metrics.resources.Add(float64(len(r.GetResources())))
}

// check refuses what this server never serves. A gateway takes all there is for
// it; to remember names for it would be without bound.
func check(r *discovery.DeltaDiscoveryRequest) error {
	if r.GetTypeUrl() != config.ResourceType {
		return status.Errorf(codes.InvalidArgument, "type_url %.200q: only %s is served", r.GetTypeUrl(), config.ResourceType)
	}
	for _, name := range r.GetResourceNamesSubscribe() {
		if name != "*" {
			return status.Errorf(codes.InvalidArgument, "resource_names_subscribe %.200q: only all resources (*) can be subscribed to", name)
		}
	}
	for _, name := range r.GetResourceNamesUnsubscribe() {
		return status.Errorf(codes.InvalidArgument, "resource_names_unsubscribe %.200q: all resources stay subscribed to", name)
	}
	return nil
}

// serve runs the protocol until one side has had enough, or the certificate ends
// by which the client is known: trust is not older than that.
func (st *stream) serve(r *room, until time.Time, stopping <-chan struct{}) error {
	end := time.NewTimer(time.Until(until))
	defer end.Stop()
	ctx, cancel := context.WithCancel(st.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- delta.NewServer(ctx, r.cache, st).DeltaStreamHandler(st, "")
	}()
	// The delta server may be waiting for a client that does not read. Returning
	// ends the stream and, with it, the waiting.
	select {
	case err := <-done:
		if err == nil {
			select {
			case err = <-st.broken:
			default:
			}
		}
		return err
	case <-r.gone:
		return errNotServed(r.name)
	case <-end.C:
		return errEnded
	case <-stopping:
		return errStopping
	}
}
