package translate

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/gateway/config"
)

// Result is what came of Objects.
type Result struct {
	// Snapshot is what can be served. What cannot is left out, or refused with
	// the status that the Gateway API asks for; the rest is served all the same.
	Snapshot *config.Snapshot
	// Verdicts has one entry for every GatewayClass, Gateway, WebSocketRoute
	// and WebSocketPolicy, sorted by kind, namespace and name. Other kinds have
	// no status of ours: what is wrong with one is said by who refers to it.
	Verdicts []Verdict
}

// Verdict is the status that one object deserves, as far as the objects alone
// tell. That a gateway has taken it (Programmed) is for others to say. The
// conditions have no times yet.
type Verdict struct {
	Kind, Namespace, Name string
	Generation            int64
	// Ignored says why the object is another's; then there is nothing else.
	Ignored string
	// Conditions of the object itself.
	Conditions []metav1.Condition
	// Listeners of a Gateway, in its order.
	Listeners []gatewayv1.ListenerStatus
	// Parents of a WebSocketRoute, in its order.
	Parents []gatewayv1.RouteParentStatus
	// Ancestors are the targets of a WebSocketPolicy, in its order.
	Ancestors []gatewayv1.PolicyAncestorStatus
}

// Faults are the conditions that say that something is wrong, each with where
// it was found: a listener, a parent or a target, empty for the object itself.
func (v *Verdict) Faults() []Fault {
	faults := gather(nil, "", v.Conditions)
	for _, l := range v.Listeners {
		faults = gather(faults, "listener "+string(l.Name), l.Conditions)
	}
	for _, p := range v.Parents {
		faults = gather(faults, "parent "+describe(p.ParentRef), p.Conditions)
	}
	for _, a := range v.Ancestors {
		faults = gather(faults, "target "+describe(a.AncestorRef), a.Conditions)
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

// problem is why a check failed: a reason of the Gateway API's, and a message
// that says what to do.
type problem struct{ reason, message string }

// problems are those of several checks. The first gives the reason.
type problems []problem

func (p *problems) add(found *problem) {
	if found != nil && !slices.Contains(*p, *found) {
		*p = append(*p, *found)
	}
}

// condition is true with reason ok where there are no problems, else false.
func (p problems) condition(kind, ok string, generation int64) metav1.Condition {
	c := metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: ok, ObservedGeneration: generation}
	if len(p) == 0 {
		return c
	}
	c.Status, c.Reason = metav1.ConditionFalse, p[0].reason
	messages := make([]string, len(p))
	for i := range p {
		messages[i] = p[i].message
	}
	c.Message = strings.Join(messages, "; ")
	return c
}

func sortVerdicts(all []Verdict) {
	slices.SortFunc(all, func(a, b Verdict) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}
