package scale

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/gateway/config"
	"switchyard.dev/test/kubetest"
)

const (
	defaultRoutes = 10_000
	// Every other route has a Service of its own, each Service ten endpoints.
	routesPerService    = 2
	endpointsPerService = 10
	// samples are the changes of one endpoint that are timed, one after the other.
	samples = 200
)

// report is what is printed: the largest figures are what counts.
type report struct {
	routes, endpoints int
	changes           []time.Duration
}

func TestScale(t *testing.T) {
	if os.Getenv("SCALE") == "" {
		t.Skip("SCALE is not set: make scale")
	}
	routes := defaultRoutes
	if n, err := strconv.Atoi(os.Getenv("SCALE_ROUTES")); err == nil {
		routes = n
	}
	server := kubetest.Start(t)
	y := newYard(t, server, routes)
	y.fill()
	p := y.startOperator()
	g := y.startGateway(p)
	began := time.Now()
	y.wait("the gateway has every route", func() bool { return len(g.Config().GetRoutes()) == routes })
	t.Logf("the gateway had %d routes and %d endpoints %v after it connected", routes, endpoints(g.Config()), time.Since(began).Round(time.Millisecond))
	y.waitProgrammed()
	t.Logf("every route said Programmed %v after the operator was started", time.Since(p.started).Round(time.Second))

	r := report{routes: routes, endpoints: endpoints(g.Config())}
	whole, before := p.passes("translation"), p.passes("publication")
	for i := range samples {
		r.changes = append(r.changes, y.timeChange(i, g))
	}
	slices.Sort(r.changes)
	spent := p.passes("publication").since(before)
	t.Logf("%d routes, %d endpoints, %d changes of one endpoint", r.routes, r.endpoints, samples)
	t.Logf("from the write to the gateway serving it: p50 %v, p99 %v, most %v",
		at(r.changes, 50), at(r.changes, 99), r.changes[len(r.changes)-1].Round(time.Millisecond))
	t.Logf("reading and translating everything: mean %v of %d passes", whole.mean(), whole.count)
	t.Logf("from the start of a pass until the change is on its way: mean %v of %d passes", spent.mean(), spent.count)
	t.Logf("the operator: %s at most, %s now", p.memory("VmHWM"), p.memory("VmRSS"))
}

func endpoints(s *config.Snapshot) (n int) {
	for _, service := range s.GetServices() {
		n += len(service.GetEndpoints())
	}
	return n
}

func at(sorted []time.Duration, percent int) time.Duration {
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)].Round(time.Millisecond)
}

// timeChange gives one endpoint another address, and waits until the gateway
// would dial it.
func (y *yard) timeChange(i int, g gatewayConfig) time.Duration {
	y.Helper()
	service := (i * 7919) % y.services
	name := serviceName(service)
	var slice discoveryv1.EndpointSlice
	if err := y.server.Client.Get(y.Context(), client.ObjectKey{Namespace: y.users, Name: name}, &slice); err != nil {
		y.Fatal(err)
	}
	address := fmt.Sprintf("10.200.%d.%d", i/250, 1+i%250)
	slice.Endpoints[0].Addresses = []string{address}
	began := time.Now()
	if err := y.server.Client.Update(y.Context(), &slice); err != nil {
		y.Fatal(err)
	}
	want := fmt.Sprintf("%s/%s:7", y.users, name)
	y.wait("the gateway has the endpoint", func() bool { return has(g.Config(), want, address) })
	return time.Since(began)
}

func has(s *config.Snapshot, service, address string) bool {
	all := s.GetServices()
	i, found := slices.BinarySearchFunc(all, service, func(a *config.Service, name string) int {
		switch {
		case a.GetName() < name:
			return -1
		case a.GetName() > name:
			return 1
		}
		return 0
	})
	return found && slices.ContainsFunc(all[i].GetEndpoints(), func(e *config.Endpoint) bool { return e.GetAddress() == address })
}

// gatewayConfig is what a gateway serves.
type gatewayConfig interface{ Config() *config.Snapshot }
