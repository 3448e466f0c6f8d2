package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/gateway/config"
)

// The standard values of a Service port's appProtocol for WebSockets (KEP-3726).
const (
	appProtocolWS  = "kubernetes.io/ws"
	appProtocolWSS = "kubernetes.io/wss"
)

// servicePort is a port of a Service that a route refers to, there or not.
type servicePort struct {
	types.NamespacedName
	number int32
}

// service is a port of a Service while it is translated. The checks fill in
// object and port as they find them.
type service struct {
	servicePort
	// id is its name in the snapshot.
	id     string
	t      *translation
	object *corev1.Service
	// port is nil for an ExternalName that does not list it.
	port *corev1.ServicePort
	// found is what every route that refers to it is told. Where config is nil
	// their share is refused.
	found  problems
	config *config.Service
	// policies are those that target it, gateways those from which sessions come
	// under them.
	policies []*backendTarget
	gateways map[*gateway]bool
	// served says whether a route in a snapshot leads here.
	served bool
}

// serviceChecks are tried in order: each relies on those before it.
var serviceChecks = []func(*service) *problem{
	serviceExists,
	externalNameIsAllowed,
	portExists,
	portIsTCP,
	serviceSpeaksBytes,
}

// service judges a port of a Service, once for all routes that refer to it.
func (t *translation) service(p servicePort) *service {
	s := t.referred[p]
	if s == nil {
		s = &service{servicePort: p, t: t, id: p.String() + ":" + strconv.Itoa(int(p.number))}
		t.referred[p] = s
		s.resolve()
	}
	return s
}

func (s *service) resolve() {
	for _, check := range serviceChecks {
		if found := check(s); found != nil {
			s.found.add(found)
			return
		}
	}
	terms, found := s.underPolicy()
	if found != nil {
		s.found.add(found)
		return
	}
	s.config = &config.Service{Name: s.id, Tls: terms}
	s.config.Endpoints, found = s.endpoints(s.t.slices[s.NamespacedName], s.t.options.AllowAnyAddress)
	s.found.add(found)
}

// usedBy notes that sessions may come to it from a Gateway.
func (s *service) usedBy(g *gateway) {
	if len(s.policies) == 0 {
		return
	}
	if s.gateways == nil {
		s.gateways = map[*gateway]bool{}
	}
	s.gateways[g] = true
}

func serviceExists(s *service) *problem {
	if s.object = s.t.services[s.NamespacedName]; s.object != nil {
		return nil
	}
	return notFound(fmt.Sprintf("there is no Service %s: create it or name another", s.NamespacedName))
}

func externalNameIsAllowed(s *service) *problem {
	if s.object.Spec.Type != corev1.ServiceTypeExternalName {
		return nil
	}
	if !s.t.options.AllowAnyAddress {
		return &problem{string(gatewayv1.RouteReasonUnsupportedValue), fmt.Sprintf(
			"Service %s is of type ExternalName, which is not allowed here: give it a selector or EndpointSlices", s.NamespacedName)}
	}
	if err := config.CheckAddress(s.object.Spec.ExternalName); err != nil {
		return &problem{string(gatewayv1.RouteReasonUnsupportedValue), fmt.Sprintf(
			"Service %s: externalName %q: %v", s.NamespacedName, s.object.Spec.ExternalName, err)}
	}
	return nil
}

func portExists(s *service) *problem {
	ports := s.object.Spec.Ports
	i := slices.IndexFunc(ports, func(p corev1.ServicePort) bool { return p.Port == s.number })
	if i >= 0 {
		s.port = &ports[i]
		return nil
	}
	if s.object.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	has := make([]string, len(ports))
	for i, p := range ports {
		has[i] = fmt.Sprint(p.Port)
	}
	return notFound(fmt.Sprintf("Service %s has no port %d: it has %s", s.NamespacedName, s.number, cmp.Or(strings.Join(has, ", "), "none")))
}

func portIsTCP(s *service) *problem {
	if s.port == nil || s.port.Protocol == "" || s.port.Protocol == corev1.ProtocolTCP {
		return nil
	}
	return &problem{string(gatewayv1.RouteReasonUnsupportedProtocol), fmt.Sprintf(
		"port %d of Service %s is %s: want TCP", s.number, s.NamespacedName, s.port.Protocol)}
}

func serviceSpeaksBytes(s *service) *problem {
	if s.port == nil || s.port.AppProtocol == nil {
		return nil
	}
	switch p := *s.port.AppProtocol; p {
	case appProtocolWS, appProtocolWSS:
		return &problem{string(gatewayv1.RouteReasonUnsupportedProtocol), fmt.Sprintf(
			"port %d of Service %s has appProtocol %s, which the gateway does not speak yet: name a port that speaks plain TCP", s.number, s.NamespacedName, p)}
	}
	return nil
}

func notFound(message string) *problem {
	return &problem{string(gatewayv1.RouteReasonBackendNotFound), message}
}
