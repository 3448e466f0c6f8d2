package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// The standard values of a Service port's appProtocol for WebSockets (KEP-3726).
const (
	appProtocolWS  = "kubernetes.io/ws"
	appProtocolWSS = "kubernetes.io/wss"
)

// backendRef is a reference of a route to a Service while it is resolved. The
// checks fill in service and port as they find them.
type backendRef struct {
	gatewayv1.BackendRef
	t       *translation
	route   *route
	name    types.NamespacedName
	service *corev1.Service
	// port is nil for an ExternalName that does not list it.
	port *corev1.ServicePort
}

// backendChecks are tried in order: each relies on those before it.
var backendChecks = []func(*backendRef) *problem{
	kindIsService,
	referenceIsPermitted,
	serviceExists,
	externalNameIsAllowed,
	portExists,
	portIsTCP,
	serviceSpeaksBytes,
}

// backend resolves a reference. One that cannot be keeps its weight and names
// no service: its share of sessions is refused.
func (t *translation) backend(r *route, field string, ref gatewayv1.BackendRef) *config.Backend {
	b := &backendRef{BackendRef: ref, t: t, route: r}
	b.name = types.NamespacedName{Namespace: r.Namespace, Name: string(ref.Name)}
	if ref.Namespace != nil {
		b.name.Namespace = string(*ref.Namespace)
	}
	out := &config.Backend{Weight: 1}
	if ref.Weight != nil {
		out.Weight = uint32(*ref.Weight)
	}
	if ref.Port == nil {
		// backendsHavePorts has said so.
		return out
	}
	for _, check := range backendChecks {
		if found := check(b); found != nil {
			r.refs.add(&problem{found.reason, field + ": " + found.message})
			return out
		}
	}
	out.Service = fmt.Sprintf("%s:%d", b.name, *ref.Port)
	r.used = append(r.used, t.serviceOf(out.Service, b))
	return out
}

// serviceOf is the service by its name in the snapshot, which b refers to.
// Many routes may: its endpoints are gathered once.
func (t *translation) serviceOf(name string, b *backendRef) *config.Service {
	s := t.referred[name]
	if s == nil {
		s = &config.Service{Name: name, Endpoints: b.endpoints()}
		t.referred[name] = s
	}
	return s
}

func kindIsService(b *backendRef) *problem {
	if (b.Group == nil || *b.Group == "") && (b.Kind == nil || *b.Kind == kindService) {
		return nil
	}
	return &problem{string(gatewayv1.RouteReasonInvalidKind), "want a Service of the core group"}
}

func referenceIsPermitted(b *backendRef) *problem {
	return b.t.permitted(reference{
		fromGroup: v1alpha1.GroupName, fromKind: v1alpha1.KindWebSocketRoute, fromNamespace: b.route.Namespace,
		toKind: kindService, toNamespace: b.name.Namespace, toName: b.name.Name,
	})
}

func serviceExists(b *backendRef) *problem {
	if b.service = b.t.services[b.name]; b.service != nil {
		return nil
	}
	return notFound(fmt.Sprintf("there is no Service %s: create it or name another", b.name))
}

func externalNameIsAllowed(b *backendRef) *problem {
	if b.service.Spec.Type != corev1.ServiceTypeExternalName {
		return nil
	}
	if !b.t.options.AllowExternalName {
		return &problem{string(gatewayv1.RouteReasonUnsupportedValue), fmt.Sprintf(
			"Service %s is of type ExternalName, which is for standalone use: give it a selector or EndpointSlices", b.name)}
	}
	if err := config.CheckAddress(b.service.Spec.ExternalName); err != nil {
		return &problem{string(gatewayv1.RouteReasonUnsupportedValue), fmt.Sprintf(
			"Service %s: externalName %q: %v", b.name, b.service.Spec.ExternalName, err)}
	}
	return nil
}

func portExists(b *backendRef) *problem {
	ports := b.service.Spec.Ports
	i := slices.IndexFunc(ports, func(p corev1.ServicePort) bool { return p.Port == *b.Port })
	if i >= 0 {
		b.port = &ports[i]
		return nil
	}
	if b.service.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	has := make([]string, len(ports))
	for i, p := range ports {
		has[i] = fmt.Sprint(p.Port)
	}
	return notFound(fmt.Sprintf("Service %s has no port %d: it has %s", b.name, *b.Port, cmp.Or(strings.Join(has, ", "), "none")))
}

func portIsTCP(b *backendRef) *problem {
	if b.port == nil || b.port.Protocol == "" || b.port.Protocol == corev1.ProtocolTCP {
		return nil
	}
	return &problem{string(gatewayv1.RouteReasonUnsupportedProtocol), fmt.Sprintf(
		"port %d of Service %s is %s: want TCP", *b.Port, b.name, b.port.Protocol)}
}

func serviceSpeaksBytes(b *backendRef) *problem {
	if b.port == nil || b.port.AppProtocol == nil {
		return nil
	}
	switch p := *b.port.AppProtocol; p {
	case appProtocolWS, appProtocolWSS:
		return &problem{string(gatewayv1.RouteReasonUnsupportedProtocol), fmt.Sprintf(
			"port %d of Service %s has appProtocol %s, which the gateway does not speak yet: name a port that speaks plain TCP", *b.Port, b.name, p)}
	}
	return nil
}

func notFound(message string) *problem {
	return &problem{string(gatewayv1.RouteReasonBackendNotFound), message}
}
