package controllertest

import (
	"context"
	"slices"
	"sync"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/proto"

	"switchyard.dev/test/gatewaytest"
)

// Exchange is a response and what was answered.
type Exchange struct {
	// Sent and Removed are names of resources.
	Sent, Removed []string
	// Refused is the NACK's message; empty is an ACK.
	Refused string
}

// Record is what was said on all streams, in its order. It is the server's
// delta.Callbacks.
type Record struct {
	mu       sync.Mutex
	requests []*discovery.DeltaDiscoveryRequest
	// waiting are the responses without an answer, by stream and nonce.
	waiting map[answerTo]Exchange
	over    []Exchange
	open    int
	// next is the first of over that Next has not returned.
	next int
}

type answerTo struct {
	stream int64
	nonce  string
}

// OnDeltaStreamOpen is for delta.Callbacks, as are those below.
func (r *Record) OnDeltaStreamOpen(context.Context, int64, string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open++
	return nil
}

func (r *Record) OnDeltaStreamClosed(int64, *core.Node) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
}

func (r *Record) OnStreamDeltaRequest(stream int64, q *discovery.DeltaDiscoveryRequest) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q.GetResponseNonce() == "" {
		r.requests = append(r.requests, proto.CloneOf(q))
		return nil
	}
	at := answerTo{stream, q.GetResponseNonce()}
	e := r.waiting[at]
	delete(r.waiting, at)
	e.Refused = q.GetErrorDetail().GetMessage()
	r.over = append(r.over, e)
	return nil
}

func (r *Record) OnStreamDeltaResponse(stream int64, _ *discovery.DeltaDiscoveryRequest, s *discovery.DeltaDiscoveryResponse) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := Exchange{Removed: slices.Sorted(slices.Values(s.GetRemovedResources()))}
	for _, sent := range s.GetResources() {
		e.Sent = append(e.Sent, sent.GetName())
	}
	slices.Sort(e.Sent)
	if r.waiting == nil {
		r.waiting = make(map[answerTo]Exchange)
	}
	r.waiting[answerTo{stream, s.GetNonce()}] = e
}

// Next waits for the exchange after the one that it returned before.
func (r *Record) Next(tb testing.TB) Exchange {
	tb.Helper()
	var e Exchange
	gatewaytest.Eventually(tb, "the gateway answers", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.next == len(r.over) {
			return false
		}
		e = r.over[r.next]
		r.next++
		return true
	})
	return e
}

// Open is how many streams are open.
func (r *Record) Open() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open
}

// Subscriptions are the first requests of all streams.
func (r *Record) Subscriptions() []*discovery.DeltaDiscoveryRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}
