package scale

import (
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/test/kubetest"
)

// yard is the cluster of the test.
type yard struct {
	*testing.T
	server           *kubetest.Server
	users, home      string
	routes, services int
}

func newYard(t *testing.T, server *kubetest.Server, routes int) *yard {
	t.Helper()
	config := rest.CopyConfig(server.Config)
	config.QPS = -1
	var err error
	if server.Client, err = client.New(config, client.Options{Scheme: server.Scheme}); err != nil {
		t.Fatal(err)
	}
	return &yard{T: t, server: server, users: server.Namespace(t), home: server.Namespace(t), routes: routes, services: routes / routesPerService}
}

// fill makes all objects.
func (y *yard) fill() {
	y.Helper()
	began := time.Now()
	y.create(&gatewayv1.GatewayClass{
		ObjectMeta: metav1.ObjectMeta{Name: "switchyard"},
		Spec:       gatewayv1.GatewayClassSpec{ControllerName: "switchyard.dev/gateway-controller"},
	})
	y.create(&gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{Namespace: y.users, Name: "edge"},
		Spec: gatewayv1.GatewaySpec{
			GatewayClassName: "switchyard",
			Listeners:        []gatewayv1.Listener{{Name: "ws", Protocol: gatewayv1.HTTPProtocolType, Port: gatewayv1.PortNumber(freePort(y.T))}},
		},
	})
	y.parallel(y.services, func(i int) { y.create(y.service(i)); y.create(y.slice(i)) })
	y.parallel(y.routes, func(i int) { y.create(y.route(i)) })
	y.Logf("made %d routes, %d Services and %d endpoints in %v", y.routes, y.services, y.services*endpointsPerService, time.Since(began).Round(time.Second))
}

func (y *yard) parallel(n int, do func(i int)) {
	var all sync.WaitGroup
	slots := make(chan struct{}, 32)
	for i := range n {
		slots <- struct{}{}
		all.Go(func() { defer func() { <-slots }(); do(i) })
	}
	all.Wait()
}

func (y *yard) create(o client.Object) {
	if err := y.server.Client.Create(y.Context(), o); err != nil {
		y.Error(err)
	}
}

func serviceName(i int) string { return fmt.Sprintf("service-%05d", i) }

func (y *yard) service(i int) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: y.users, Name: serviceName(i)},
		// Thousands of addresses would take the API server minutes to give.
		Spec: corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone, Ports: []corev1.ServicePort{{Name: "tcp", Port: 7}}},
	}
}

func (y *yard) slice(i int) *discoveryv1.EndpointSlice {
	s := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: y.users, Name: serviceName(i),
			Labels: map[string]string{discoveryv1.LabelServiceName: serviceName(i)},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: ptr.To("tcp"), Port: ptr.To[int32](7)}},
	}
	for e := range endpointsPerService {
		n := i*endpointsPerService + e
		s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{
			Addresses:  []string{fmt.Sprintf("10.%d.%d.%d", n>>16&0x7f, n>>8&0xff, n&0xff)},
			Conditions: discoveryv1.EndpointConditions{Ready: ptr.To(true), Serving: ptr.To(true)},
			Zone:       ptr.To("zone-" + string(rune('a'+e%3))),
		})
	}
	return s
}

func (y *yard) route(i int) *v1alpha1.WebSocketRoute {
	port := gatewayv1.PortNumber(7)
	return &v1alpha1.WebSocketRoute{
		ObjectMeta: metav1.ObjectMeta{Namespace: y.users, Name: fmt.Sprintf("route-%05d", i)},
		Spec: v1alpha1.WebSocketRouteSpec{
			ParentRefs: []gatewayv1.ParentReference{{Name: "edge"}},
			Hostnames:  []gatewayv1.Hostname{gatewayv1.Hostname(fmt.Sprintf("h%d.example.com", i/10))},
			Path:       &v1alpha1.PathMatch{Value: fmt.Sprintf("/p%d", i)},
			Subprotocols: []v1alpha1.Subprotocol{{Name: "mqtt", Target: v1alpha1.Target{BackendRefs: []gatewayv1.BackendRef{{
				BackendObjectReference: gatewayv1.BackendObjectReference{Name: gatewayv1.ObjectName(serviceName(i / routesPerService)), Port: &port},
			}}}}},
		},
	}
}

// waitProgrammed waits until every route says that it is served.
func (y *yard) waitProgrammed() {
	y.Helper()
	y.wait("every route is programmed", func() bool {
		var all v1alpha1.WebSocketRouteList
		if err := y.server.Client.List(y.Context(), &all, client.InNamespace(y.users)); err != nil {
			y.Fatal(err)
		}
		for _, r := range all.Items {
			if len(r.Status.Parents) == 0 || !meta.IsStatusConditionTrue(r.Status.Parents[0].Conditions, "Programmed") {
				// To list them is work for the API server, too.
				time.Sleep(5 * time.Second)
				return false
			}
		}
		return true
	})
}

// patience is for thousands of objects on a small machine.
const patience = 10 * time.Minute

func (y *yard) wait(what string, ok func() bool) {
	y.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			y.Fatalf("after %v still not: %s", patience, what)
		}
	}
}
