package translate

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// attaching is a route on its way to one of its parents. Every check narrows
// the listeners down, until there are none and it says why.
type attaching struct {
	route     *route
	ref       gatewayv1.ParentReference
	name      types.NamespacedName
	gateway   *gateway
	listeners []*listener
	// hostnames are those of the route on each of the listeners.
	hostnames map[*listener][]string
	t         *translation
}

var parentChecks = []func(*attaching) *problem{
	parentIsGateway,
	gatewayExists,
	listenerExists,
	listenersAllowKind,
	listenersAllowNamespace,
	hostnamesMeet,
}

func (t *translation) attach(r *route, ref gatewayv1.ParentReference) (*attaching, *problem) {
	a := &attaching{route: r, ref: ref, name: parentName(r.Namespace, ref), t: t}
	for _, check := range parentChecks {
		if found := check(a); found != nil {
			return a, found
		}
	}
	return a, nil
}

func parentName(namespace string, ref gatewayv1.ParentReference) types.NamespacedName {
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	return types.NamespacedName{Namespace: namespace, Name: string(ref.Name)}
}

func (t *translation) gatewayNamed(name types.NamespacedName) *gateway {
	i := slices.IndexFunc(t.gateways, func(g *gateway) bool { return g.name == name })
	if i < 0 {
		return nil
	}
	return t.gateways[i]
}

func parentIsGateway(a *attaching) *problem {
	if (a.ref.Group == nil || *a.ref.Group == gatewayv1.GroupName) && (a.ref.Kind == nil || *a.ref.Kind == kindGateway) {
		return nil
	}
	return noParent("a route's parents are Gateways of group " + gatewayv1.GroupName)
}

func gatewayExists(a *attaching) *problem {
	if a.gateway = a.t.gatewayNamed(a.name); a.gateway == nil {
		return noParent(fmt.Sprintf("there is no Gateway %s: create it or name another", a.name))
	}
	a.listeners = a.gateway.listeners
	return nil
}

func listenerExists(a *attaching) *problem {
	a.narrow(func(l *listener) bool {
		return (a.ref.SectionName == nil || *a.ref.SectionName == l.Name) && (a.ref.Port == nil || *a.ref.Port == l.Port)
	})
	if len(a.listeners) > 0 {
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
	a.narrow(func(l *listener) bool { return len(l.kinds) > 0 })
	if len(a.listeners) > 0 {
		return nil
	}
	return notAllowed(fmt.Sprintf("no listener of Gateway %s allows %ss: add the kind to its allowedRoutes.kinds", a.name, v1alpha1.KindWebSocketRoute))
}

func listenersAllowNamespace(a *attaching) *problem {
	a.narrow(func(l *listener) bool { return l.allowsNamespace(a.route.Namespace, a.t.labelsOf) })
	if len(a.listeners) > 0 {
		return nil
	}
	return notAllowed(fmt.Sprintf("no listener of Gateway %s allows routes from namespace %s: widen its allowedRoutes.namespaces", a.name, a.route.Namespace))
}

func hostnamesMeet(a *attaching) *problem {
	wanted := make([]string, len(a.route.Spec.Hostnames))
	for i, h := range a.route.Spec.Hostnames {
		wanted[i] = string(h)
	}
	a.hostnames = make(map[*listener][]string, len(a.listeners))
	a.narrow(func(l *listener) bool {
		common, ok := intersect(l.hostname(), wanted)
		a.hostnames[l] = common
		return ok
	})
	if len(a.listeners) > 0 {
		return nil
	}
	return &problem{string(gatewayv1.RouteReasonNoMatchingListenerHostname), fmt.Sprintf(
		"no listener of Gateway %s has a hostname in common with %q", a.name, wanted)}
}

// narrow keeps the listeners for which keep answers yes.
func (a *attaching) narrow(keep func(*listener) bool) {
	a.listeners = slices.DeleteFunc(slices.Clone(a.listeners), func(l *listener) bool { return !keep(l) })
}

func noParent(message string) *problem {
	return &problem{string(gatewayv1.RouteReasonNoMatchingParent), message}
}

func notAllowed(message string) *problem {
	return &problem{string(gatewayv1.RouteReasonNotAllowedByListeners), message}
}
