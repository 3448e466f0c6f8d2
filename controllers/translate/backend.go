package translate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// backend resolves a reference. One that cannot be keeps its weight and names
// no service: its share of sessions is refused.
func (t *translation) backend(r *route, of part, i int, ref *gatewayv1.BackendRef) *config.Backend {
	out := &config.Backend{Weight: 1}
	if ref.Weight != nil {
		out.Weight = uint32(*ref.Weight)
	}
	if ref.Port == nil {
		// backendsHavePorts has said so.
		return out
	}
	say := func(found *problem) {
		r.refs.add(&problem{found.reason, fmt.Sprintf("spec.%s: %s", of.backend(i), found.message)})
	}
	name := types.NamespacedName{Namespace: r.Namespace, Name: string(ref.Name)}
	if ref.Namespace != nil {
		name.Namespace = string(*ref.Namespace)
	}
	if found := kindIsService(ref); found != nil {
		say(found)
		return out
	}
	if found := t.permitted(fromRoute(r, name)); found != nil {
		say(found)
		return out
	}
	s := t.service(servicePort{name, *ref.Port})
	for i := range s.found {
		say(&s.found[i])
	}
	r.services = append(r.services, s)
	if s.config != nil {
		out.Service = s.id
	}
	return out
}

func kindIsService(ref *gatewayv1.BackendRef) *problem {
	if (ref.Group == nil || *ref.Group == "") && (ref.Kind == nil || *ref.Kind == kindService) {
		return nil
	}
	return &problem{string(gatewayv1.RouteReasonInvalidKind), "want a Service of the core group"}
}

func fromRoute(r *route, to types.NamespacedName) reference {
	return reference{
		fromGroup: v1alpha1.GroupName, fromKind: v1alpha1.KindWebSocketRoute, fromNamespace: r.Namespace,
		toKind: kindService, toNamespace: to.Namespace, toName: to.Name,
	}
}
