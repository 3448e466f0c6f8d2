package translate

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// Result is what came of Objects. It shares with them, and its snapshots with
// each other, what they have in common: it is only read.
type Result struct {
	// Snapshot is what can be served. What cannot is left out, or refused with
	// the status that the Gateway API asks for; the rest is served all the same.
	Snapshot *config.Snapshot
	// Gateways are those of Switchyard's, sorted by namespace and name.
	Gateways []Gateway
	// Left are the Gateways of other controllers, some of which may have been
	// Switchyard's. Those without a GatewayClass are nobody's and not among them.
	Left []*gatewayv1.Gateway
	// Verdicts has one entry for every GatewayClass, Gateway, WebSocketRoute,
	// WebSocketPolicy and BackendTLSPolicy, sorted by kind, namespace and name.
	// Other kinds have no status of ours: what is wrong with one is said by who
	// refers to it.
	Verdicts []Verdict

	// What WithEndpoints begins with.
	followed   []followed
	anyAddress bool
}

// Gateway is one of Switchyard's Gateways: what its data plane serves, and how
// that is to be run.
type Gateway struct {
	// Gateway is the object, as it was given.
	*gatewayv1.Gateway
	// Accepted says whether it is to be given a data plane. One that it has may
	// go on with Snapshot, which has something in it where parameters alone are
	// wrong.
	Accepted bool
	// Snapshot is the part of Result.Snapshot that is this Gateway's. It is valid.
	Snapshot *config.Snapshot
	// Parameters are the Gateway's own over those of its class, field by field.
	// There are none where either is wrong.
	Parameters v1alpha1.GatewayParametersSpec
}

// Verdict is the status that one object deserves, as far as the objects alone
// tell. That a gateway has taken it (Programmed) is for others to say. The
// conditions have no times yet.
type Verdict struct {
	Kind, Namespace, Name string
	// UID and Generation tell which object of that name it was, and when.
	UID        types.UID
	Generation int64
	// Ignored says why the object is another's, or why nothing of Switchyard's
	// comes to be under it; then there is nothing else.
	Ignored string
	// Conditions of the object itself.
	Conditions []metav1.Condition
	// Listeners of a Gateway, in its order.
	Listeners []gatewayv1.ListenerStatus
	// Parents of a WebSocketRoute, in its order.
	Parents []gatewayv1.RouteParentStatus
	// Ancestors are the targets of a WebSocketPolicy, in its order, or the
	// Gateways from which sessions are under a BackendTLSPolicy.
	Ancestors []gatewayv1.PolicyAncestorStatus
	// Warnings are about what is served all the same.
	Warnings []Warning
}

// Warning is what somebody should look at before it becomes a fault.
type Warning struct{ Where, Reason, Message string }

// Faults are the conditions that say that something is wrong, each with where
// it was found: a listener, a parent, a target or an ancestor, empty for the
// object itself.
func (v *Verdict) Faults() []Fault {
	faults := gather(nil, "", v.Conditions)
	for _, l := range v.Listeners {
		faults = gather(faults, "listener "+string(l.Name), l.Conditions)
	}
	for _, p := range v.Parents {
		faults = gather(faults, "parent "+describe(p.ParentRef), p.Conditions)
	}
	word := "target "
	if v.Kind == kindBackendTLSPolicy {
		word = "ancestor "
	}
	for _, a := range v.Ancestors {
		faults = gather(faults, word+describe(a.AncestorRef), a.Conditions)
	}
	return faults
}

// Fault is one thing that is wrong with an object.
type Fault struct {
	Where string
	metav1.Condition
}

func gather(faults []Fault, where string, conditions []metav1.Condition) []Fault {
	for _, c := range conditions {
		switch c.Type {
		case string(gatewayv1.ListenerConditionConflicted):
			// Said by Accepted as well.
			continue
		case string(gatewayv1.GatewayConditionInsecureFrontendValidationMode):
			// What was asked for.
			continue
		case string(gatewayv1.RouteConditionPartiallyInvalid):
			// Only there when it is true.
			faults = append(faults, Fault{where, c})
			continue
		}
		if c.Status == metav1.ConditionFalse {
			faults = append(faults, Fault{where, c})
		}
	}
	return faults
}

func describe(ref gatewayv1.ParentReference) string {
	s := string(ref.Name)
	if ref.Namespace != nil {
		s = string(*ref.Namespace) + "/" + s
	}
	if ref.SectionName != nil {
		s += "/" + string(*ref.SectionName)
	}
	return s
}

func sortVerdicts(all []Verdict) {
	slices.SortFunc(all, func(a, b Verdict) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}
