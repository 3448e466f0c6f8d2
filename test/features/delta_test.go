package features

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"switchyard.dev/gateway/config"
	"switchyard.dev/test/gatewaytest"
)

// Who has taken a gateway over can say what he likes: the certificate decides.
func TestOneGatewaysCertificateGetsNothingOfAnothers(t *testing.T) {
	w := newWorld(t)
	o, p := w.edge()
	w.apply(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: other}
spec:
  gatewayClassName: "{NS}"
  infrastructure:
    parametersRef: {group: switchyard.dev, kind: GatewayParameters, name: inside}
  listeners:
  - {name: ws, protocol: HTTP, port: {PORT:other}}
`)
	w.pod("other", "other-0", o.address)
	w.wantGateway("other", programmed)
	other := w.users + "/other"
	node := &core.Node{Id: other, Cluster: other}

	got, err := p.ask(&discovery.DeltaDiscoveryRequest{Node: node, TypeUrl: config.ResourceType, ResourceNamesSubscribe: []string{"*"}})
	if want := []string{"listener/" + w.users + "/edge/ws"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("as the other it is sent %v, %v, want %v", got, err, want)
	}
	got, err = p.ask(&discovery.DeltaDiscoveryRequest{Node: node, TypeUrl: config.ResourceType, ResourceNamesSubscribe: []string{"listener/" + other + "/ws"}})
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("by the other's name it is sent %v, %v", got, err)
	}
}

// ask sends one request with the pod's certificate, and returns the names in the
// answer.
func (p *pod) ask(request *discovery.DeltaDiscoveryRequest) (names []string, err error) {
	p.w.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(p.certificates, "tls.crt"), filepath.Join(p.certificates, "tls.key"))
	if err != nil {
		p.w.Fatal(err)
	}
	trust, err := os.ReadFile(filepath.Join(p.certificates, "ca.crt"))
	if err != nil {
		p.w.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(trust)
	conn, err := grpc.NewClient(p.address, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{
		MinVersion: tls.VersionTLS13, ServerName: config.ServerName, RootCAs: roots, Certificates: []tls.Certificate{pair},
	})))
	if err != nil {
		p.w.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(p.w.Context(), gatewaytest.Patience)
	defer cancel()
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(conn).DeltaAggregatedResources(ctx)
	if err != nil {
		return nil, err
	}
	// Where the stream has ended, Recv says why.
	_ = stream.Send(request)
	answer, err := stream.Recv()
	for _, r := range answer.GetResources() {
		names = append(names, r.GetName())
	}
	return names, err
}
