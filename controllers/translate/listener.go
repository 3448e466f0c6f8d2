package translate

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// listener is a listener of a Gateway while it is translated.
type listener struct {
	*gatewayv1.Listener
	gateway *gateway
	// index is its place in the Gateway's list, name its name in the snapshot.
	index int
	name  string
	// Why it is not accepted, what it refers to in vain, whom it is in the way of.
	accepted, refs, conflicts problems
	// selector is that of the namespaces from which routes may attach; nil: it
	// is not by selector.
	selector labels.Selector
	// kinds are the kinds of routes that it allows and Switchyard has.
	kinds []gatewayv1.RouteGroupKind
	tls   *config.TLS
	// warnings are about what is served all the same.
	warnings []Warning
	// settings are those of the policies on it, policy what that means for routes
	// that have none of their own.
	settings settings
	policy   *config.Policy
	// attached counts routes; last is the last of them.
	attached int32
	last     *route
}

// listenerChecks all have their say.
var listenerChecks = []func(*listener) *problem{
	protocolIsServed,
	portIsOne,
	nameIsFree,
	hostnameIsWellFormed,
	tlsFitsProtocol,
	selectorIsSound,
}

func (t *translation) openListener(l *listener) {
	for _, check := range listenerChecks {
		l.accepted.add(check(l))
	}
	l.refs.add(l.allowKinds())
	if l.Protocol == gatewayv1.HTTPSProtocolType && l.TLS != nil {
		t.terminate(l)
	}
}

func (l *listener) hostname() string {
	if l.Hostname == nil {
		return ""
	}
	return string(*l.Hostname)
}

// served says whether clients may arrive at it.
func (l *listener) served() bool {
	return len(l.gateway.accepted) == 0 && len(l.accepted) == 0 && (l.TLS == nil || l.tls != nil)
}

func (l *listener) warn(found *problem) {
	l.warnings = append(l.warnings, Warning{"listener " + string(l.Name), found.reason, found.message})
}

func (l *listener) config(o Options) *config.Listener {
	c := &config.Listener{Name: l.name, Port: uint32(l.Port), Hostname: l.hostname(), Tls: l.tls}
	c.Address = l.address(o)
	l.settings.apply(c)
	return c
}

// address is where it listens; empty is everywhere.
func (l *listener) address(o Options) string {
	if !o.BindAddresses || len(l.gateway.Spec.Addresses) == 0 {
		return ""
	}
	return l.gateway.Spec.Addresses[0].Value
}

func (l *listener) status() gatewayv1.ListenerStatus {
	generation := l.gateway.Generation
	refs := l.refs.condition(string(gatewayv1.ListenerConditionResolvedRefs), string(gatewayv1.ListenerReasonResolvedRefs), generation)
	if len(l.refs) == 0 {
		refs.Message = told(l.warnings)
	}
	status := gatewayv1.ListenerStatus{
		Name:           l.Name,
		SupportedKinds: l.kinds,
		AttachedRoutes: l.attached,
		Conditions: []metav1.Condition{
			l.accepted.condition(string(gatewayv1.ListenerConditionAccepted), string(gatewayv1.ListenerReasonAccepted), generation),
			refs,
		},
	}
	conflict := l.conflicts.condition(string(gatewayv1.ListenerConditionConflicted), string(gatewayv1.ListenerReasonNoConflicts), generation)
	conflict.Status = metav1.ConditionFalse
	if len(l.conflicts) > 0 {
		conflict.Status = metav1.ConditionTrue
	}
	status.Conditions = append(status.Conditions, conflict)
	return status
}

func protocolIsServed(l *listener) *problem {
	if l.Protocol == gatewayv1.HTTPProtocolType || l.Protocol == gatewayv1.HTTPSProtocolType {
		return nil
	}
	return &problem{string(gatewayv1.ListenerReasonUnsupportedProtocol), fmt.Sprintf(
		"protocol %q: a WebSocket begins as HTTP: want HTTP for ws, HTTPS for wss", l.Protocol)}
}

func portIsOne(l *listener) *problem {
	if l.Port >= 1 && l.Port <= maxPort {
		return nil
	}
	return l.unsupported(fmt.Sprintf("port %d: want 1 to %d", l.Port, maxPort))
}

func nameIsFree(l *listener) *problem {
	if l.Name == "" {
		return l.unsupported("name is empty: want one")
	}
	first := slices.IndexFunc(l.gateway.Spec.Listeners, func(o gatewayv1.Listener) bool { return o.Name == l.Name })
	if first == l.index {
		return nil
	}
	return l.unsupported(fmt.Sprintf("name %q: an earlier listener of the Gateway has it", l.Name))
}

func hostnameIsWellFormed(l *listener) *problem {
	if l.hostname() == "" {
		return nil
	}
	if err := config.CheckHostname(l.hostname()); err != nil {
		return l.unsupported(fmt.Sprintf("hostname %q: %v", l.hostname(), err))
	}
	return nil
}

func tlsFitsProtocol(l *listener) *problem {
	switch {
	case l.Protocol == gatewayv1.HTTPProtocolType && l.TLS != nil:
		return l.unsupported("protocol HTTP has no tls: leave it out, or want HTTPS")
	case l.Protocol != gatewayv1.HTTPSProtocolType:
		return nil
	case l.TLS == nil || len(l.TLS.CertificateRefs) == 0:
		return l.unsupported("protocol HTTPS needs tls.certificateRefs: name the Secret of a certificate")
	case l.TLS.Mode != nil && *l.TLS.Mode != gatewayv1.TLSModeTerminate:
		return l.unsupported(fmt.Sprintf("tls.mode %s: the gateway must see the WebSocket: want Terminate", *l.TLS.Mode))
	}
	return nil
}

// selectorIsSound also keeps the selector.
func selectorIsSound(l *listener) *problem {
	if l.AllowedRoutes == nil || l.AllowedRoutes.Namespaces == nil || l.AllowedRoutes.Namespaces.From == nil {
		return nil
	}
	switch from := *l.AllowedRoutes.Namespaces.From; from {
	case gatewayv1.NamespacesFromAll, gatewayv1.NamespacesFromSame, gatewayv1.NamespacesFromNone:
	case gatewayv1.NamespacesFromSelector:
		selector, err := metav1.LabelSelectorAsSelector(l.AllowedRoutes.Namespaces.Selector)
		if err != nil {
			return l.unsupported(fmt.Sprintf("allowedRoutes.namespaces.selector: %v", err))
		}
		l.selector = selector
	default:
		return l.unsupported(fmt.Sprintf("allowedRoutes.namespaces.from %q: want Same, All, Selector or None", from))
	}
	return nil
}

func (l *listener) unsupported(message string) *problem {
	return &problem{string(gatewayv1.ListenerReasonUnsupportedValue), message}
}

// allowKinds keeps the kinds of routes that may attach.
func (l *listener) allowKinds() *problem {
	group := gatewayv1.Group(v1alpha1.GroupName)
	ours := gatewayv1.RouteGroupKind{Group: &group, Kind: v1alpha1.KindWebSocketRoute}
	if l.AllowedRoutes == nil || len(l.AllowedRoutes.Kinds) == 0 {
		l.kinds = []gatewayv1.RouteGroupKind{ours}
		return nil
	}
	l.kinds = []gatewayv1.RouteGroupKind{}
	var found *problem
	for _, k := range l.AllowedRoutes.Kinds {
		group := gatewayv1.Group(gatewayv1.GroupName)
		if k.Group != nil {
			group = *k.Group
		}
		if group == v1alpha1.GroupName && k.Kind == v1alpha1.KindWebSocketRoute {
			l.kinds = []gatewayv1.RouteGroupKind{ours}
		} else if found == nil {
			found = &problem{string(gatewayv1.ListenerReasonInvalidRouteKinds), fmt.Sprintf(
				"allowedRoutes.kinds has %s of group %s: Switchyard's routes are %s of group %s", k.Kind, group, v1alpha1.KindWebSocketRoute, v1alpha1.GroupName)}
		}
	}
	return found
}

// allowsNamespace says whether routes of a namespace may attach. Default: those
// of the Gateway's own.
func (l *listener) allowsNamespace(namespace string, labelsOf func(string) labels.Set) bool {
	from := gatewayv1.NamespacesFromSame
	if l.AllowedRoutes != nil && l.AllowedRoutes.Namespaces != nil && l.AllowedRoutes.Namespaces.From != nil {
		from = *l.AllowedRoutes.Namespaces.From
	}
	switch from {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSame:
		return namespace == l.gateway.Namespace
	case gatewayv1.NamespacesFromSelector:
		return l.selector != nil && l.selector.Matches(labelsOf(namespace))
	default:
		return false
	}
}
