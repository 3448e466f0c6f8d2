package translate

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// ControllerName is what a GatewayClass names to be Switchyard's.
const ControllerName gatewayv1.GatewayController = "switchyard.dev/gateway-controller"

// defaultNamespace is where an object is that says nothing of it, as one read
// from a file may.
const defaultNamespace = "default"

// Objects is everything that Translate may know, in any order. Two objects of
// one kind do not share namespace and name. Translate changes none of them.
type Objects struct {
	GatewayClasses     []gatewayv1.GatewayClass
	Gateways           []gatewayv1.Gateway
	WebSocketRoutes    []v1alpha1.WebSocketRoute
	WebSocketPolicies  []v1alpha1.WebSocketPolicy
	GatewayParameters  []v1alpha1.GatewayParameters
	BackendTLSPolicies []gatewayv1.BackendTLSPolicy
	ReferenceGrants    []gatewayv1.ReferenceGrant
	Services           []corev1.Service
	EndpointSlices     []discoveryv1.EndpointSlice
	Secrets            []corev1.Secret
	ConfigMaps         []corev1.ConfigMap
	Namespaces         []corev1.Namespace
	// Now is the time at which certificates are judged. Zero: their times are
	// not looked at.
	Now time.Time
}

// Options are what differs between installations. The zero value is right for a
// cluster in which every Gateway has pods of its own.
type Options struct {
	// AllowAnyAddress lets routes lead to whatever the gateway can reach:
	// Services of type ExternalName, and endpoints that are loopback,
	// link-local, unspecified or multicast. In a cluster that would let anybody
	// who may write a Service reach the gateway's own ports, its node's, or the
	// cloud's metadata.
	AllowAnyAddress bool
	// AnyClass takes Gateways whose GatewayClass does not exist for
	// Switchyard's. Else they are nobody's.
	AnyClass bool
	// BindAddresses makes the listeners of a Gateway listen on the IP address
	// in its spec.addresses alone. Else they listen on all addresses, and
	// spec.addresses are for who gives the Gateway its addresses.
	BindAddresses bool
	// OneProcess says that all Gateways are served side by side, so that they
	// must not claim the same port for different things.
	OneProcess bool
	// DefaultGateway is the parent of routes that name none. Zero: the only
	// Gateway there is.
	DefaultGateway types.NamespacedName
}

// Standalone are the Options of one process that serves objects from files.
func Standalone() Options {
	return Options{AllowAnyAddress: true, AnyClass: true, BindAddresses: true, OneProcess: true}
}
