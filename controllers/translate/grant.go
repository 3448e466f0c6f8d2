package translate

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// reference is one object naming another.
type reference struct {
	fromGroup, fromKind, fromNamespace   string
	toGroup, toKind, toNamespace, toName string
}

// permitted says whether a reference may be followed: it stays in its
// namespace, or a ReferenceGrant in the other one allows it. Every reference
// across namespaces is asked for here.
func (inv *inventory) permitted(r reference) *problem {
	if r.fromNamespace == r.toNamespace {
		return nil
	}
	for _, g := range inv.grants {
		if g.Namespace == r.toNamespace && grantsFrom(g.Spec.From, r) && grantsTo(g.Spec.To, r) {
			return nil
		}
	}
	return &problem{
		string(gatewayv1.RouteReasonRefNotPermitted),
		fmt.Sprintf("%s %s/%s is in another namespace: put a ReferenceGrant into namespace %s that lets %ss of namespace %s refer to %ss",
			r.toKind, r.toNamespace, r.toName, r.toNamespace, r.fromKind, r.fromNamespace, r.toKind),
	}
}

func grantsFrom(all []gatewayv1.ReferenceGrantFrom, r reference) bool {
	for _, f := range all {
		if string(f.Group) == r.fromGroup && string(f.Kind) == r.fromKind && string(f.Namespace) == r.fromNamespace {
			return true
		}
	}
	return false
}

func grantsTo(all []gatewayv1.ReferenceGrantTo, r reference) bool {
	for _, t := range all {
		if string(t.Group) == r.toGroup && string(t.Kind) == r.toKind && (t.Name == nil || string(*t.Name) == r.toName) {
			return true
		}
	}
	return false
}
