package xds

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/authority"
	"switchyard.dev/gateway/config"
)

// twoGateways differ in all of their resources.
func twoGateways() map[types.NamespacedName]*config.Snapshot {
	own := &config.Snapshot{Routes: []*config.Route{{Name: "infra/own"}}}
	secret := &config.Snapshot{Listeners: []*config.Listener{{Name: "infra/inner/secret", Port: 443}}}
	return map[types.NamespacedName]*config.Snapshot{edge: own, inner: secret}
}

func TestWhatARequestSaysSelectsNoCache(t *testing.T) {
	r := start(t)
	gateways := twoGateways()
	r.publish(gateways)
	metadata, err := structpb.NewStruct(map[string]any{"gateway": inner.String()})
	if err != nil {
		t.Fatal(err)
	}
	for name, node := range map[string]*core.Node{
		"no node":          nil,
		"another's id":     {Id: inner.String()},
		"the cache's own":  {Id: onlyNode},
		"another cluster":  {Id: "edge-1", Cluster: inner.String()},
		"another metadata": {Id: "edge-1", Metadata: metadata},
		"another locality": {Id: "edge-1", Locality: &core.Locality{Zone: inner.String()}},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.connect(edge, "")
			c.send(&discovery.DeltaDiscoveryRequest{Node: node, TypeUrl: config.ResourceType, ResourceNamesSubscribe: []string{"*"}})
			c.take()
			c.wantHeld(gateways[edge])
			// A second node on the same stream is heard no more than the first.
			c.send(&discovery.DeltaDiscoveryRequest{
				Node: &core.Node{Id: inner.String()}, TypeUrl: config.ResourceType, ResponseNonce: c.last.GetNonce(),
			})
			c.end()
		})
	}
}

func TestAnothersResourcesCannotBeAskedFor(t *testing.T) {
	r := start(t)
	gateways := twoGateways()
	r.publish(gateways)
	const secret = "listener/infra/inner/secret"
	named := func(name string) *discovery.DeltaDiscoveryRequest {
		return &discovery.DeltaDiscoveryRequest{TypeUrl: config.ResourceType, ResourceNamesSubscribe: []string{name}}
	}
	for name, tc := range map[string]struct {
		request *discovery.DeltaDiscoveryRequest
		want    string
	}{
		"by its name":            {named(secret), `resource_names_subscribe "` + secret + `": only all resources (*) can be subscribed to`},
		"by the name of its own": {named("route/infra/own"), `resource_names_subscribe "route/infra/own": only all resources (*) can be subscribed to`},
		"by unsubscribing": {&discovery.DeltaDiscoveryRequest{TypeUrl: config.ResourceType, ResourceNamesUnsubscribe: []string{"*"}},
			`resource_names_unsubscribe "*": all resources stay subscribed to`},
		"another type": {&discovery.DeltaDiscoveryRequest{TypeUrl: "type.googleapis.com/envoy.config.cluster.v3.Cluster"},
			`type_url "type.googleapis.com/envoy.config.cluster.v3.Cluster": only ` + config.ResourceType + " is served"},
		"no type": {&discovery.DeltaDiscoveryRequest{}, `type_url "": only ` + config.ResourceType + " is served"},
		"an answer to nothing": {&discovery.DeltaDiscoveryRequest{TypeUrl: config.ResourceType, ResponseNonce: "1"},
			`response_nonce "1": nothing was sent on this stream yet`},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.connect(edge, "edge-1")
			c.send(tc.request)
			if _, err := c.receive(); status.Code(err) != codes.InvalidArgument || status.Convert(err).Message() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
	t.Run("by claiming to have it", func(t *testing.T) {
		c := r.connect(edge, "edge-1")
		c.versions[secret] = "1"
		c.subscribe()
		c.take()
		c.wantHeld(gateways[edge])
	})
	t.Run("by a later request", func(t *testing.T) {
		for _, request := range []*discovery.DeltaDiscoveryRequest{
			named(secret), {TypeUrl: config.ResourceType}, {TypeUrl: config.ResourceType, ResponseNonce: "7"},
		} {
			c := r.join(edge, "edge-1")
			c.send(request)
			if response, err := c.receive(); status.Code(err) != codes.InvalidArgument {
				t.Errorf("got %v, %v", response, err)
			}
		}
	})
}

func TestTheOtherProtocolOfXDSIsNotServed(t *testing.T) {
	r := start(t)
	r.publish(twoGateways())
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(r.dial(edge)).StreamAggregatedResources(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.Unimplemented {
		t.Errorf("got %v", err)
	}
}

func TestWhoIsServed(t *testing.T) {
	r := start(t)
	r.connect(edge, "edge-1").wantEnd(codes.Unavailable, "the controller has not read its configuration yet: try again")
	r.publish(twoGateways())
	r.connect(types.NamespacedName{Namespace: "infra", Name: "unknown"}, "x").
		wantEnd(codes.NotFound, "Gateway infra/unknown is not served by this controller")
	r.publish(nil)
	r.connect(edge, "edge-1").wantEnd(codes.NotFound, "Gateway infra/edge is not served by this controller")
}

func TestACertificateOfAnotherInstallationIsNotLetIn(t *testing.T) {
	r := start(t)
	r.publish(twoGateways())
	stranger, _, err := new(authority.Set).Renew(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(r.dialAs(stranger, edge)).DeltaAggregatedResources(context.Background())
	if err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestWhoHasNoVerifiedCertificateIsNobody(t *testing.T) {
	named := &x509.Certificate{URIs: []*url.URL{{Scheme: "spiffe", Host: "switchyard.dev", Path: "/ns/infra/gateway/edge"}}}
	of := func(state tls.ConnectionState) context.Context {
		return peer.NewContext(context.Background(), &peer.Peer{AuthInfo: credentials.TLSInfo{State: state}})
	}
	for name, tc := range map[string]struct {
		ctx  context.Context
		want string
	}{
		"no peer":    {context.Background(), "the connection has no peer"},
		"no TLS":     {peer.NewContext(context.Background(), &peer.Peer{}), "the connection has no verified certificate"},
		"only shown": {of(tls.ConnectionState{PeerCertificates: []*x509.Certificate{named}}), "the connection has no verified certificate"},
		"no gateway's": {of(tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{{}}}}),
			"the certificate is no gateway's: want one URI and no other name"},
	} {
		t.Run(name, func(t *testing.T) {
			if gateway, _, err := caller(tc.ctx); err == nil || err.Error() != tc.want {
				t.Errorf("taken for %v, %v", gateway, err)
			}
		})
	}
	if gateway, _, err := caller(of(tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{named}}})); err != nil || gateway != edge {
		t.Errorf("got %v, %v", gateway, err)
	}
}

func TestAStreamEndsWithItsCertificate(t *testing.T) {
	r := start(t)
	// An authority of last week, and a certificate of then that has seconds left.
	const life, left = 7 * 24 * time.Hour, 3 * time.Second
	var err error
	if r.set, _, err = new(authority.Set).Renew(time.Now().Add(-life - time.Hour)); err != nil {
		t.Fatal(err)
	}
	r.publish(twoGateways())
	c := r.stream(r.dialAt(r.set, time.Now().Add(left-life), edge), "edge-1")
	c.subscribe()
	c.take()
	c.ack()
	c.wantEnd(codes.Unauthenticated, "the certificate has ended: connect with the one that has replaced it")
}

func TestAGatewayHasSoManyStreams(t *testing.T) {
	r := start(t, func(s *Server) { s.maxStreams = 2 })
	r.publish(twoGateways())
	one := r.join(edge, "edge-1")
	r.join(edge, "edge-2")
	r.connect(edge, "edge-3").wantEnd(codes.ResourceExhausted, "Gateway infra/edge has 2 streams, as many as it may")
	r.join(inner, "inner-1")
	one.end()
	r.until(func(got []Report) bool { return len(got) == 2 })
	r.join(edge, "edge-3")
}
