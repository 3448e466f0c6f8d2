package translate

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// target is what a policy can be attached to: a Gateway, a listener of one, or
// a WebSocketRoute.
type target struct {
	kind    string
	name    types.NamespacedName
	section string
}

// claim is a policy that holds at a target.
type claim struct {
	by types.NamespacedName
	settings
}

// policies are the claims that hold, one a target.
type policies map[target]claim

// listener is what holds for a listener before a route is known.
func (p policies) listener(gateway types.NamespacedName, section string) settings {
	inner := p[target{kindGateway, gateway, section}].settings
	return inner.over(p[target{kindGateway, gateway, ""}].settings)
}

// route is what holds for a route on a listener. Routes without a policy of
// their own share the listener's.
func (p policies) route(route types.NamespacedName, l *listener) *config.Policy {
	own, ok := p[target{v1alpha1.KindWebSocketRoute, route, ""}]
	if !ok {
		return l.policy
	}
	return own.over(l.settings).policy()
}

// policyInput is what the checks of one target of one policy look at.
type policyInput struct {
	policy   *v1alpha1.WebSocketPolicy
	ref      gatewayv1.LocalPolicyTargetReferenceWithSectionName
	target   target
	settings settings
	invalid  problems
	targets  map[target]bool
	held     policies
}

// policyChecks are tried in order; the first that fails says why a policy does
// not hold at a target.
var policyChecks = []func(policyInput) *problem{
	targetKindIsKnown,
	routesHaveNoSections,
	targetExists,
	valuesAreSound,
	routesComeAfterTheHeader,
	targetIsFree,
}

// attachPolicies finds the policy of every target, older policies first.
func (t *translation) attachPolicies() {
	if len(t.policies) == 0 {
		return
	}
	targets := t.targets()
	for _, p := range t.policies {
		values, invalid := settingsOf(&p.Spec)
		v := verdictOf(v1alpha1.KindWebSocketPolicy, p)
		for _, ref := range p.Spec.TargetRefs {
			in := policyInput{
				policy: p, ref: ref, target: targetOf(p.Namespace, ref), settings: values, invalid: invalid,
				targets: targets, held: t.held,
			}
			var found problems
			if i := slices.IndexFunc(policyChecks, func(check func(policyInput) *problem) bool { return check(in) != nil }); i >= 0 {
				found.add(policyChecks[i](in))
				found = append(found, also(found, invalid)...)
			} else {
				t.held[in.target] = claim{nameOf(p), values}
			}
			v.Ancestors = append(v.Ancestors, gatewayv1.PolicyAncestorStatus{
				AncestorRef:    ancestorOf(p.Namespace, ref),
				ControllerName: ControllerName,
				Conditions: []metav1.Condition{
					found.condition(string(gatewayv1.PolicyConditionAccepted), string(gatewayv1.PolicyReasonAccepted), p.Generation),
				},
			})
		}
		t.verdicts = append(t.verdicts, v)
	}
	for _, g := range t.order {
		for _, l := range g.listeners {
			l.settings = t.held.listener(g.name, string(l.Name))
			l.policy = l.settings.policy()
		}
	}
}

// targets are those that exist.
func (t *translation) targets() map[target]bool {
	all := map[target]bool{}
	for _, g := range t.order {
		if g.ignored != "" {
			continue
		}
		all[target{kindGateway, g.name, ""}] = true
		for _, l := range g.listeners {
			all[target{kindGateway, g.name, string(l.Name)}] = true
		}
	}
	for _, r := range t.inventory.routes {
		all[target{v1alpha1.KindWebSocketRoute, nameOf(r), ""}] = true
	}
	return all
}

func targetOf(namespace string, ref gatewayv1.LocalPolicyTargetReferenceWithSectionName) target {
	out := target{kind: string(ref.Kind), name: types.NamespacedName{Namespace: namespace, Name: string(ref.Name)}}
	if ref.SectionName != nil {
		out.section = string(*ref.SectionName)
	}
	return out
}

func ancestorOf(namespace string, ref gatewayv1.LocalPolicyTargetReferenceWithSectionName) gatewayv1.ParentReference {
	ns := gatewayv1.Namespace(namespace)
	return gatewayv1.ParentReference{
		Group: &ref.Group, Kind: &ref.Kind, Namespace: &ns, Name: ref.Name, SectionName: ref.SectionName,
	}
}

// also are more problems, where they are not said yet.
func also(said, more problems) (out problems) {
	for _, m := range more {
		if !slices.Contains(said, m) {
			out = append(out, m)
		}
	}
	return out
}

func targetKindIsKnown(in policyInput) *problem {
	switch group, kind := string(in.ref.Group), string(in.ref.Kind); {
	case group == gatewayv1.GroupName && kind == kindGateway:
		return nil
	case group == v1alpha1.GroupName && kind == v1alpha1.KindWebSocketRoute:
		return nil
	default:
		return &problem{string(gatewayv1.PolicyReasonInvalid), fmt.Sprintf(
			"a %s of group %q cannot have a WebSocketPolicy: name a Gateway (%s) or a WebSocketRoute (%s)",
			kind, group, gatewayv1.GroupName, v1alpha1.GroupName)}
	}
}

func routesHaveNoSections(in policyInput) *problem {
	if in.target.kind != v1alpha1.KindWebSocketRoute || in.target.section == "" {
		return nil
	}
	return &problem{string(gatewayv1.PolicyReasonInvalid), fmt.Sprintf(
		"sectionName %q: a WebSocketRoute has no sections: leave it out", in.target.section)}
}

func targetExists(in policyInput) *problem {
	if in.targets[in.target] {
		return nil
	}
	what := fmt.Sprintf("%s %s", in.target.kind, in.target.name)
	if in.target.section != "" {
		what = fmt.Sprintf("listener %s of %s", in.target.section, what)
	}
	return &problem{string(gatewayv1.PolicyReasonTargetNotFound), fmt.Sprintf(
		"there is no %s here: a policy and its target share a namespace", what)}
}

func valuesAreSound(in policyInput) *problem {
	if len(in.invalid) == 0 {
		return nil
	}
	return &in.invalid[0]
}

func routesComeAfterTheHeader(in policyInput) *problem {
	if in.target.kind != v1alpha1.KindWebSocketRoute || in.settings.handshake == nil && in.settings.maxHeader == nil {
		return nil
	}
	return &problem{string(gatewayv1.PolicyReasonInvalid),
		"timeouts.handshake and limits.maxHeaderBytes hold before a route is known: set them in a policy for the Gateway"}
}

func targetIsFree(in policyInput) *problem {
	other, taken := in.held[in.target]
	if !taken {
		return nil
	}
	return &problem{string(gatewayv1.PolicyReasonConflicted), fmt.Sprintf(
		"WebSocketPolicy %s has this target already: join the two, or delete one", other.by)}
}
