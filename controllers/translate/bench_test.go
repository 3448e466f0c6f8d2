package translate_test

import (
	"fmt"
	"runtime"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// BenchmarkTranslate is of a big cluster: two Gateways, one with half of the
// routes and one with all of them.
func BenchmarkTranslate(b *testing.B) {
	const routes, services, endpoints = 10_000, 5_000, 10
	objects := big(routes, services, endpoints)
	b.ReportAllocs()
	var result translate.Result
	for b.Loop() {
		result = translate.Translate(objects, translate.Options{})
	}
	b.StopTimer()
	if got := len(result.Gateways[1].Snapshot.Routes); got != routes {
		b.Fatalf("%d routes are served, want %d", got, routes)
	}
	b.ReportMetric(held(&result), "B-held")
}

// held is the memory that a result alone keeps.
func held(result *translate.Result) float64 {
	var with, without runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&with)
	*result = translate.Result{}
	runtime.GC()
	runtime.ReadMemStats(&without)
	return float64(with.HeapAlloc) - float64(without.HeapAlloc)
}

// big is a namespace a hundred routes, which refer to the Services of it.
func big(routes, services, endpoints int) translate.Objects {
	o := translate.Objects{GatewayClasses: []gatewayv1.GatewayClass{{
		ObjectMeta: metav1.ObjectMeta{Name: "switchyard"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: translate.ControllerName},
	}}}
	all := gatewayv1.NamespacesFromAll
	for _, name := range []string{"a", "b"} {
		o.Gateways = append(o.Gateways, gatewayv1.Gateway{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "infra"},
			Spec: gatewayv1.GatewaySpec{GatewayClassName: "switchyard", Listeners: []gatewayv1.Listener{{
				Name: "http", Protocol: gatewayv1.HTTPProtocolType, Port: 80,
				AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: &all}},
			}}},
		})
	}
	namespace := func(i, of int) string { return fmt.Sprintf("team-%d", i*100/of) }
	for i := range routes {
		o.WebSocketRoutes = append(o.WebSocketRoutes, bigRoute(i, namespace(i, routes), fmt.Sprintf("service-%d", i*services/routes)))
	}
	for i := range services {
		o.Services = append(o.Services, corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("service-%d", i), Namespace: namespace(i, services)},
			Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "mqtt", Port: 1883}}},
		})
		o.EndpointSlices = append(o.EndpointSlices, bigSlice(i, namespace(i, services), endpoints))
	}
	return o
}

func bigRoute(i int, namespace, service string) v1alpha1.WebSocketRoute {
	infra, port := gatewayv1.Namespace("infra"), gatewayv1.PortNumber(1883)
	r := v1alpha1.WebSocketRoute{
		// Younger ones come first, so that there is something to sort.
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("route-%d", i), Namespace: namespace, CreationTimestamp: metav1.Unix(int64(1_800_000_000-i), 0)},
		Spec: v1alpha1.WebSocketRouteSpec{
			Hostnames: []gatewayv1.Hostname{gatewayv1.Hostname(fmt.Sprintf("r%d.example.com", i))},
			Path:      &v1alpha1.PathMatch{Type: v1alpha1.PathPrefix, Value: "/mqtt"},
			Subprotocols: []v1alpha1.Subprotocol{{Name: "mqtt", Target: v1alpha1.Target{
				BackendRefs: []gatewayv1.BackendRef{{BackendObjectReference: gatewayv1.BackendObjectReference{Name: gatewayv1.ObjectName(service), Port: &port}}},
			}}},
		},
	}
	r.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "b", Namespace: &infra}}
	if i%2 == 0 {
		r.Spec.ParentRefs = append(r.Spec.ParentRefs, gatewayv1.ParentReference{Name: "a", Namespace: &infra})
	}
	return r
}

func bigSlice(i int, namespace string, endpoints int) discoveryv1.EndpointSlice {
	port, name, ready := int32(1883), "mqtt", true
	s := discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("service-%d-x", i), Namespace: namespace,
			Labels: map[string]string{discoveryv1.LabelServiceName: fmt.Sprintf("service-%d", i)},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port}},
	}
	for j := range endpoints {
		s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{
			Addresses: []string{fmt.Sprintf("10.%d.%d.%d", i/250, i%250, j+1)}, Conditions: discoveryv1.EndpointConditions{Ready: &ready},
		})
	}
	return s
}
