package translate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// attaching is a route on its way to one of its parents. Every check narrows
// the listeners down, until there are none and it says why.
type attaching struct {
	route   *route
	ref     gatewayv1.ParentReference
	name    types.NamespacedName
	gateway *gateway
	reached []reached
	// found is why it got nowhere.
	found *problem
	t     *translation
}

// reached is a listener, and the route's hostnames there.
type reached struct {
	*listener
	hostnames []string
}

var parentChecks = []func(*attaching) *problem{
	parentIsGateway,
	gatewayExists,
	listenerExists,
	listenersAllowKind,
	listenersAllowNamespace,
	hostnamesMeet,
}

func (t *translation) attach(r *route, ref gatewayv1.ParentReference) *attaching {
	a := &attaching{route: r, ref: ref, name: parentName(r.Namespace, ref), t: t}
	for _, check := range parentChecks {
		if a.found = check(a); a.found != nil {
			return a
		}
	}
	return a
}

func parentName(namespace string, ref gatewayv1.ParentReference) types.NamespacedName {
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	return types.NamespacedName{Namespace: namespace, Name: string(ref.Name)}
}

// foreign says whether the parent is a Gateway of another's.
func (a *attaching) foreign() bool { return a.gateway != nil && a.gateway.ignored != "" }

func parentIsGateway(a *attaching) *problem {
	if (a.ref.Group == nil || *a.ref.Group == gatewayv1.GroupName) && (a.ref.Kind == nil || *a.ref.Kind == kindGateway) {
		return nil
	}
	return noParent("a route's parents are Gateways of group " + gatewayv1.GroupName)
}

func gatewayExists(a *attaching) *problem {
	if a.gateway = a.t.gateways[a.name]; a.gateway == nil {
		return noParent(fmt.Sprintf("there is no Gateway %s: create it or name another", a.name))
	}
	return nil
}

func listenerExists(a *attaching) *problem {
	for _, l := range a.gateway.listeners {
		if (a.ref.SectionName == nil || *a.ref.SectionName == l.Name) && (a.ref.Port == nil || *a.ref.Port == l.Port) {
			a.reached = append(a.reached, reached{listener: l})
		}
	}
	if len(a.reached) > 0 {
		return nil
	}
	wanted := "listener"
	if a.ref.SectionName != nil {
		wanted += fmt.Sprintf(" %q", *a.ref.SectionName)
	}
	if a.ref.Port != nil {
		wanted += fmt.Sprintf(" with port %d", *a.ref.Port)
	}
	return noParent(fmt.Sprintf("Gateway %s has no %s", a.name, wanted))
}

func listenersAllowKind(a *attaching) *problem {
	a.narrow(func(l *reached) bool { return len(l.kinds) > 0 })
	if len(a.reached) > 0 {
		return nil
	}
	return notAllowed(fmt.Sprintf("no listener of Gateway %s allows %ss: add the kind to its allowedRoutes.kinds", a.name, v1alpha1.KindWebSocketRoute))
}

func listenersAllowNamespace(a *attaching) *problem {
	a.narrow(func(l *reached) bool { return l.allowsNamespace(a.route.Namespace, a.t.labelsOf) })
	if len(a.reached) > 0 {
		return nil
	}
	return notAllowed(fmt.Sprintf("no listener of Gateway %s allows routes from namespace %s: widen its allowedRoutes.namespaces", a.name, a.route.Namespace))
}

func hostnamesMeet(a *attaching) *problem {
	a.narrow(func(l *reached) (ok bool) {
		l.hostnames, ok = intersect(l.hostname(), a.route.hostnames)
		return ok
	})
	if len(a.reached) > 0 {
		return nil
	}
	return &problem{string(gatewayv1.RouteReasonNoMatchingListenerHostname), fmt.Sprintf(
		"no listener of Gateway %s has a hostname in common with %q", a.name, a.route.hostnames)}
}

// narrow keeps the listeners for which keep answers yes.
func (a *attaching) narrow(keep func(*reached) bool) {
	kept := a.reached[:0]
	for i := range a.reached {
		if keep(&a.reached[i]) {
			kept = append(kept, a.reached[i])
		}
	}
	a.reached = kept
}

func noParent(message string) *problem {
	return &problem{string(gatewayv1.RouteReasonNoMatchingParent), message}
}

func notAllowed(message string) *problem {
	return &problem{string(gatewayv1.RouteReasonNotAllowedByListeners), message}
}
