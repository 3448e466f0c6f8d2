package provision

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// service is what clients reach g's pods through: a port for every port on
// which a listener is served.
func service(g translate.Gateway) (*corev1.Service, error) {
	var p v1alpha1.ServiceParameters
	if g.Parameters.Service != nil {
		p = *g.Parameters.Service
	}
	ports, err := servicePorts(g)
	if err != nil {
		return nil, err
	}
	s := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: kindService},
		ObjectMeta: metaOf(g.Gateway),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeLoadBalancer,
			Selector: selectorOf(g.Gateway),
			Ports:    ports,
		},
	}
	if p.Type != nil {
		s.Spec.Type = *p.Type
	}
	s.Annotations = over(s.Annotations, p.Annotations)
	setOutside(&s.Spec, p)
	return s, setAddress(&s.Spec, g.Spec.Addresses)
}

// setOutside sets what has a meaning for the type of the Service alone. The
// type may be the Gateway's and the rest its class's: what means nothing is left
// out, for the API server refuses it.
func setOutside(s *corev1.ServiceSpec, p v1alpha1.ServiceParameters) {
	if s.Type != corev1.ServiceTypeClusterIP && p.ExternalTrafficPolicy != nil {
		s.ExternalTrafficPolicy = *p.ExternalTrafficPolicy
	}
	if s.Type == corev1.ServiceTypeLoadBalancer {
		s.LoadBalancerClass = p.LoadBalancerClass
		s.LoadBalancerSourceRanges = p.LoadBalancerSourceRanges
	}
}

// setAddress asks the load balancer for the address that the Gateway asks for.
// An address without a value is any. spec.externalIPs would do for more of them,
// but lets a namespace's user draw other people's traffic (CVE-2020-8554).
func setAddress(s *corev1.ServiceSpec, all []gatewayv1.GatewaySpecAddress) error {
	all = slices.DeleteFunc(slices.Clone(all), func(a gatewayv1.GatewaySpecAddress) bool {
		return a.Value == "" && kindOf(a) == gatewayv1.IPAddressType
	})
	if len(all) == 0 {
		return nil
	}
	_, err := netip.ParseAddr(all[0].Value)
	if len(all) > 1 || kindOf(all[0]) != gatewayv1.IPAddressType || err != nil || s.Type != corev1.ServiceTypeLoadBalancer {
		return fmt.Errorf("Gateway spec.addresses has %d entries, the first %s %q, for a Service of type %s: want one IPAddress, and type LoadBalancer",
			len(all), kindOf(all[0]), all[0].Value, s.Type)
	}
	s.LoadBalancerIP = all[0].Value
	return nil
}

func kindOf(a gatewayv1.GatewaySpecAddress) gatewayv1.AddressType {
	if a.Type == nil {
		return gatewayv1.IPAddressType
	}
	return *a.Type
}

// servicePorts are the distinct ports of the listeners, in order. A pod listens
// on the port that the Service has.
func servicePorts(g translate.Gateway) ([]corev1.ServicePort, error) {
	distinct := map[int32]bool{}
	for _, l := range g.Snapshot.GetListeners() {
		if l.GetPort() == adminPort {
			return nil, fmt.Errorf("listener %s: port %d is where pods are asked for health and metrics: want another", l.GetName(), adminPort)
		}
		distinct[int32(l.GetPort())] = true
	}
	var ports []corev1.ServicePort
	for _, port := range slices.Sorted(maps.Keys(distinct)) {
		ports = append(ports, corev1.ServicePort{
			Name:       "port-" + strconv.Itoa(int(port)),
			Protocol:   corev1.ProtocolTCP,
			Port:       port,
			TargetPort: intstr.FromInt32(port),
		})
	}
	return ports, nil
}

// over is upper, and what lower has beside it.
func over(upper, lower map[string]string) map[string]string {
	if len(lower) == 0 {
		return upper
	}
	both := maps.Clone(lower)
	maps.Copy(both, upper)
	return both
}
