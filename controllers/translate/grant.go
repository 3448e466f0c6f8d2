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

// grants are the references that ReferenceGrants allow. One without toName
// allows every name.
type grants map[reference]bool

func grantsOf(all []*gatewayv1.ReferenceGrant) grants {
	out := make(grants, len(all))
	for _, g := range all {
		for _, from := range g.Spec.From {
			for _, to := range g.Spec.To {
				if to.Name != nil && *to.Name == "" {
					continue // which is nobody's name, not everybody's
				}
				out[reference{
					fromGroup: string(from.Group), fromKind: string(from.Kind), fromNamespace: string(from.Namespace),
					toGroup: string(to.Group), toKind: string(to.Kind), toNamespace: g.Namespace, toName: string(deref(to.Name, "")),
				}] = true
			}
		}
	}
	return out
}

// permitted says whether a reference may be followed: it stays in its
// namespace, or a ReferenceGrant in the other one allows it. Every reference
// across namespaces is asked for here.
func (inv *inventory) permitted(r reference) *problem {
	if r.fromNamespace == r.toNamespace {
		return nil
	}
	toAny := r
	toAny.toName = ""
	if inv.grants[toAny] || inv.grants[r] {
		return nil
	}
	return &problem{
		string(gatewayv1.RouteReasonRefNotPermitted),
		fmt.Sprintf("%s %s/%s is in another namespace: put a ReferenceGrant into namespace %s that lets %ss of namespace %s refer to %ss",
			r.toKind, r.toNamespace, r.toName, r.toNamespace, r.fromKind, r.fromNamespace, r.toKind),
	}
}
