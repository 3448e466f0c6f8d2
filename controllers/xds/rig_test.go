package xds

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/prometheus/client_golang/prometheus"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/authority"
	"switchyard.dev/gateway/config"
)

var (
	edge  = types.NamespacedName{Namespace: "infra", Name: "edge"}
	inner = types.NamespacedName{Namespace: "infra", Name: "inner"}
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// rig is a Server on the loopback, with the authority of its gateways.
type rig struct {
	testing.TB
	*Server
	address string
	set     *authority.Set
	metrics *prometheus.Registry
	// stop ends Serve and returns what it returned.
	stop func() error

	mu      sync.Mutex
	changes int
	changed chan struct{}
}

func start(t testing.TB, adjust ...func(*Server)) *rig {
	t.Helper()
	r := &rig{TB: t, metrics: prometheus.NewRegistry(), changed: make(chan struct{}, 1)}
	var err error
	if r.Server, err = New(Options{Registerer: r.metrics, Changed: r.onChange}); err != nil {
		t.Fatal(err)
	}
	for _, f := range adjust {
		f(r.Server)
	}
	if r.set, _, err = new(authority.Set).Renew(time.Now()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() {
		served <- r.Serve(ctx, listener, authority.ServerTLS(func() *authority.Set { return r.set }, time.Now))
	}()
	r.stop = sync.OnceValue(func() error { cancel(); return <-served })
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return r
}

// onChange reads the Reports: no lock may be held.
func (r *rig) onChange() {
	r.Reports()
	r.mu.Lock()
	r.changes++
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

func (r *rig) countedChanges() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changes
}

// wantReports waits until the Reports are these, whenever they began.
func (r *rig) wantReports(want ...Report) {
	r.Helper()
	r.until(func(got []Report) bool {
		return slices.EqualFunc(got, want, func(g, w Report) bool {
			connected := !g.Since.IsZero()
			g.Since = w.Since
			return connected && g == w
		})
	})
}

// until waits until the Reports are as wanted.
func (r *rig) until(wanted func([]Report) bool) {
	r.Helper()
	for deadline := time.After(patience); !wanted(r.Reports()); {
		select {
		case <-r.changed:
		case <-deadline:
			r.Fatalf("reports stay %+v", r.Reports())
		}
	}
}

func (r *rig) publish(gateways map[types.NamespacedName]*config.Snapshot) map[types.NamespacedName]string {
	r.Helper()
	digests, err := r.Publish(gateways)
	if err != nil {
		r.Fatal(err)
	}
	return digests
}

// publishEdge publishes the one Gateway edge and returns its digest.
func (r *rig) publishEdge(s *config.Snapshot) string {
	r.Helper()
	return r.publish(map[types.NamespacedName]*config.Snapshot{edge: s})[edge]
}

// dial connects as a Gateway's data plane does.
func (r *rig) dial(gateway types.NamespacedName, more ...grpc.DialOption) *grpc.ClientConn {
	r.Helper()
	return r.dialAs(r.set, gateway, more...)
}

// dialAs connects with a certificate of the given authority.
func (r *rig) dialAs(set *authority.Set, gateway types.NamespacedName, more ...grpc.DialOption) *grpc.ClientConn {
	r.Helper()
	return r.dialAt(set, time.Now(), gateway, more...)
}

// dialAt connects with a certificate that was issued then.
func (r *rig) dialAt(set *authority.Set, then time.Time, gateway types.NamespacedName, more ...grpc.DialOption) *grpc.ClientConn {
	r.Helper()
	secret, _, err := set.GatewayCertificate(then, gateway, nil)
	if err != nil {
		r.Fatal(err)
	}
	pair, err := tls.X509KeyPair(secret["tls.crt"], secret["tls.key"])
	if err != nil {
		r.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(r.set.Trust())
	terms := &tls.Config{
		MinVersion: tls.VersionTLS13, ServerName: config.ServerName, RootCAs: roots, Certificates: []tls.Certificate{pair},
	}
	more = append(more, grpc.WithTransportCredentials(credentials.NewTLS(terms)),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	conn, err := grpc.NewClient(r.address, more...)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = conn.Close() })
	return conn
}

// client is a minimal gateway: one stream, and what it holds.
type client struct {
	testing.TB
	stream   discovery.AggregatedDiscoveryService_DeltaAggregatedResourcesClient
	end      context.CancelFunc
	node     string
	held     map[string]*config.Resource
	versions map[string]string
	last     *discovery.DeltaDiscoveryResponse
}

// connect opens a stream and asks for nothing yet.
func (r *rig) connect(gateway types.NamespacedName, node string) *client {
	r.Helper()
	return r.stream(r.dial(gateway), node)
}

func (r *rig) stream(conn *grpc.ClientConn, node string) *client {
	r.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.Cleanup(cancel)
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(conn).DeltaAggregatedResources(ctx)
	if err != nil {
		r.Fatal(err)
	}
	return &client{TB: r.TB, stream: stream, end: cancel, node: node,
		held: map[string]*config.Resource{}, versions: map[string]string{}}
}

// join connects, subscribes and takes the first response.
func (r *rig) join(gateway types.NamespacedName, node string) *client {
	r.Helper()
	c := r.connect(gateway, node)
	c.subscribe()
	c.take()
	c.ack()
	return c
}

func (c *client) send(request *discovery.DeltaDiscoveryRequest) {
	c.Helper()
	// EOF: the stream has ended, and Recv says why.
	if err := c.stream.Send(request); err != nil && !errors.Is(err, io.EOF) {
		c.Fatal(err)
	}
}

func (c *client) subscribe() {
	c.Helper()
	c.send(&discovery.DeltaDiscoveryRequest{
		Node: &core.Node{Id: c.node}, TypeUrl: config.ResourceType, InitialResourceVersions: c.versions,
	})
}

// receive is the next response, or why there is none.
func (c *client) receive() (*discovery.DeltaDiscoveryResponse, error) {
	watchdog := time.AfterFunc(patience, c.end)
	defer watchdog.Stop()
	return c.stream.Recv()
}

// take applies the next response and returns the names of what it brought and
// of what it removed.
func (c *client) take() (brought, removed []string) {
	c.Helper()
	var err error
	if c.last, err = c.receive(); err != nil {
		c.Fatal(err)
	}
	for _, got := range c.last.GetResources() {
		r := &config.Resource{}
		if err := got.GetResource().UnmarshalTo(r); err != nil {
			c.Fatal(err)
		}
		c.held[got.GetName()], c.versions[got.GetName()] = r, got.GetVersion()
		brought = append(brought, got.GetName())
	}
	for _, name := range c.last.GetRemovedResources() {
		delete(c.held, name)
		delete(c.versions, name)
	}
	slices.Sort(brought)
	return brought, slices.Sorted(slices.Values(c.last.GetRemovedResources()))
}

func (c *client) ack() {
	c.Helper()
	c.send(&discovery.DeltaDiscoveryRequest{TypeUrl: config.ResourceType, ResponseNonce: c.last.GetNonce()})
}

func (c *client) nack(why string) {
	c.Helper()
	c.send(&discovery.DeltaDiscoveryRequest{
		TypeUrl: config.ResourceType, ResponseNonce: c.last.GetNonce(), ErrorDetail: &rpcstatus.Status{Message: why},
	})
}

func (c *client) wantHeld(want *config.Snapshot) {
	c.Helper()
	if got := config.Assemble(c.held); !proto.Equal(got, want) {
		c.Fatalf("holds\n%v, want\n%v", got, want)
	}
}

// wantEnd reads until the stream ends, and wants it to end in this way.
func (c *client) wantEnd(code codes.Code, message string) {
	c.Helper()
	for {
		response, err := c.receive()
		if err == nil {
			c.Logf("before the end: %v", response)
			continue
		}
		if s := status.Convert(err); s.Code() != code || s.Message() != message {
			c.Fatalf("ended with %v, want %v: %s", err, code, message)
		}
		return
	}
}

// sample is a Snapshot of one listener, as many routes and services as said, and one
// endpoint a service.
func sample(routes, services int) *config.Snapshot {
	s := &config.Snapshot{Listeners: []*config.Listener{{Name: "infra/edge/ws", Port: 80}}}
	for i := range routes {
		s.Routes = append(s.Routes, &config.Route{
			Name:        fmt.Sprintf("app/route-%05d", i),
			Attachments: []*config.Attachment{{Listener: "infra/edge/ws", Hostnames: []string{fmt.Sprintf("h%d.example.com", i)}, Policy: &config.Policy{}}},
			Path:        &config.PathMatch{Value: "/"},
			Subprotocols: []*config.Subprotocol{{Name: "mqtt", Target: &config.Target{
				Backends: []*config.Backend{{Service: fmt.Sprintf("app/service-%05d:1883", i%max(services, 1)), Weight: 1}},
			}}},
		})
	}
	for i := range services {
		s.Services = append(s.Services, serviceWith(i, 1))
	}
	return s
}

func serviceWith(i, endpoints int) *config.Service {
	v := &config.Service{Name: fmt.Sprintf("app/service-%05d:1883", i)}
	for e := range endpoints {
		v.Endpoints = append(v.Endpoints, &config.Endpoint{
			Address: fmt.Sprintf("10.%d.%d.%d", i>>8, i&255, e+1), Port: 1883, Ready: true, Serving: true, Zone: "zone-a",
		})
	}
	return v
}

func clone(s *config.Snapshot) *config.Snapshot { return proto.Clone(s).(*config.Snapshot) }

func names(s *config.Snapshot) []string { return slices.Sorted(maps.Keys(s.Resources())) }
