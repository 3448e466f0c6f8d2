package status

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// setRoute replaces Switchyard's entries among a route's parents. Each
// controller has its own there, and leaves the others' alone.
func setRoute(r *v1alpha1.WebSocketRoute, v *translate.Verdict, planes map[types.NamespacedName]DataPlane, now metav1.Time) {
	want := slices.Clone(v.Parents)
	for i := range want {
		p := &want[i]
		var said []metav1.Condition
		if old := slices.IndexFunc(r.Status.Parents, sameParent(*p)); old >= 0 {
			said = r.Status.Parents[old].Conditions
		}
		if meta.IsStatusConditionTrue(p.Conditions, string(gatewayv1.RouteConditionAccepted)) {
			p.Conditions = withProgrammed(p.Conditions, said, planes[parentOf(r.Namespace, p.ParentRef)].Uptake, v.Generation)
		}
		p.Conditions = with(said, p.Conditions, allOurs, now)
	}
	after := replaced(r.Status.Parents, want, sameParent,
		func(p gatewayv1.RouteParentStatus) bool { return p.ControllerName == translate.ControllerName })
	r.Status.Parents = after[:min(len(after), maxParents)]
}

func sameParent(a gatewayv1.RouteParentStatus) func(gatewayv1.RouteParentStatus) bool {
	return func(b gatewayv1.RouteParentStatus) bool {
		return a.ControllerName == b.ControllerName && equality.Semantic.DeepEqual(a.ParentRef, b.ParentRef)
	}
}

func parentOf(namespace string, ref gatewayv1.ParentReference) types.NamespacedName {
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	return types.NamespacedName{Namespace: namespace, Name: string(ref.Name)}
}

// maxParents is from RouteStatus: "A maximum of 32 Gateways will be represented
// in this list."
const maxParents = 32

// maxAncestors is from PolicyStatus: "A maximum of 16 ancestors will be
// represented in this list."
const maxAncestors = 16

// setPolicy replaces Switchyard's entries among a policy's ancestors.
func setPolicy(s *gatewayv1.PolicyStatus, v *translate.Verdict, now metav1.Time) {
	want := slices.Clone(v.Ancestors)
	for i := range want {
		var said []metav1.Condition
		if old := slices.IndexFunc(s.Ancestors, sameAncestor(want[i])); old >= 0 {
			said = s.Ancestors[old].Conditions
		}
		want[i].Conditions = with(said, want[i].Conditions, allOurs, now)
	}
	after := replaced(s.Ancestors, want, sameAncestor,
		func(a gatewayv1.PolicyAncestorStatus) bool { return a.ControllerName == translate.ControllerName })
	s.Ancestors = after[:min(len(after), maxAncestors)]
}

func sameAncestor(a gatewayv1.PolicyAncestorStatus) func(gatewayv1.PolicyAncestorStatus) bool {
	return func(b gatewayv1.PolicyAncestorStatus) bool {
		return a.ControllerName == b.ControllerName && equality.Semantic.DeepEqual(a.AncestorRef, b.AncestorRef)
	}
}

// replaced is before with the entries that are mine as want has them: those that
// stay keep their place, so that two controllers do not move each other's about.
func replaced[T any](before, want []T, same func(T) func(T) bool, mine func(T) bool) []T {
	after := make([]T, 0, len(before)+len(want))
	placed := make([]bool, len(want))
	for _, old := range before {
		if !mine(old) {
			after = append(after, old)
			continue
		}
		if i := slices.IndexFunc(want, same(old)); i >= 0 && !placed[i] {
			placed[i] = true
			after = append(after, want[i])
		}
	}
	for i, w := range want {
		if !placed[i] {
			after = append(after, w)
		}
	}
	return after
}
