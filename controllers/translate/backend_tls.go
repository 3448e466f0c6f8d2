package translate

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/gateway/config"
)

// invalidBackendTLS is the reason of a route that leads to a Service which asks
// for TLS in a way that cannot be followed.
const invalidBackendTLS = "InvalidBackendTLSPolicy"

// maxAncestors is how many a status has room for.
const maxAncestors = 16

// backendPolicy is a BackendTLSPolicy while it is translated.
type backendPolicy struct {
	*gatewayv1.BackendTLSPolicy
	name types.NamespacedName
	// accepted is why it is not, refs what it refers to in vain.
	accepted, refs problems
	// terms are nil where it is not accepted: then nobody speaks to its targets.
	terms   *config.BackendTLS
	targets []*backendTarget
}

// backendTarget is one target of a policy: a Service, or one port of it.
type backendTarget struct {
	policy *backendPolicy
	// section is the name of a port, or empty.
	section string
	// found is why the policy does not hold here.
	found *problem
	// gateways are those from which sessions go here.
	gateways map[*gateway]bool
}

// section is a port of a Service by its name, or with none the whole of it.
type section struct {
	service types.NamespacedName
	port    string
}

// attachBackendPolicies finds the policy of every section, older policies first.
// One that is wrong holds its targets all the same: who asked for TLS gets
// neither plain text nor another's idea of TLS.
func (t *translation) attachBackendPolicies() {
	for _, object := range t.backendPolicies {
		p := &backendPolicy{BackendTLSPolicy: object, name: nameOf(object)}
		t.readBackendTLS(p)
		for _, ref := range object.Spec.TargetRefs {
			p.targets = append(p.targets, t.backendTarget(p, ref))
		}
		t.backendTLS = append(t.backendTLS, p)
	}
}

func (t *translation) backendTarget(p *backendPolicy, ref gatewayv1.LocalPolicyTargetReferenceWithSectionName) *backendTarget {
	b := &backendTarget{policy: p, section: string(deref(ref.SectionName, "")), gateways: map[*gateway]bool{}}
	name := types.NamespacedName{Namespace: p.Namespace, Name: string(ref.Name)}
	if b.found = t.targetIsThere(name, b.section, ref); b.found != nil {
		return b
	}
	t.targeted[name] = append(t.targeted[name], b)
	at := section{name, b.section}
	switch holder := t.tlsHeld[at]; {
	case holder == nil:
		t.tlsHeld[at] = p
	case holder != p:
		b.found = &problem{string(gatewayv1.PolicyReasonConflicted), fmt.Sprintf(
			"BackendTLSPolicy %s has the target %s already: join the two, or delete one", holder.name, at)}
	}
	return b
}

func (t *translation) targetIsThere(name types.NamespacedName, port string, ref gatewayv1.LocalPolicyTargetReferenceWithSectionName) *problem {
	if ref.Group != "" || ref.Kind != kindService {
		return &problem{string(gatewayv1.PolicyReasonInvalid), fmt.Sprintf(
			"a %s of group %q cannot have a BackendTLSPolicy: name a Service of the core group", ref.Kind, ref.Group)}
	}
	object := t.services[name]
	if object == nil {
		return &problem{string(gatewayv1.PolicyReasonTargetNotFound), fmt.Sprintf("there is no Service %s: create it or name another", name)}
	}
	if port == "" || slices.ContainsFunc(object.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == port }) {
		return nil
	}
	return &problem{string(gatewayv1.PolicyReasonTargetNotFound), fmt.Sprintf("Service %s has no port of the name %q: name another, or leave sectionName out", name, port)}
}

func (s section) String() string {
	if s.port == "" {
		return fmt.Sprintf("Service %s", s.service)
	}
	return fmt.Sprintf("port %s of Service %s", s.port, s.service)
}

// underPolicy finds the policies that target s, and how they say that it is
// spoken to: nil is plain text. One for the port comes before one for the
// whole Service.
func (s *service) underPolicy() (*config.BackendTLS, *problem) {
	port := ""
	if s.port != nil {
		port = s.port.Name
	}
	for _, b := range s.t.targeted[s.NamespacedName] {
		if b.section == "" || b.section == port {
			s.policies = append(s.policies, b)
		}
	}
	holder := s.t.tlsHeld[section{s.NamespacedName, port}]
	if holder == nil {
		holder = s.t.tlsHeld[section{s.NamespacedName, ""}]
	}
	switch {
	case holder == nil:
		return nil, nil
	case holder.terms == nil:
		return nil, &problem{invalidBackendTLS, fmt.Sprintf("Service %s is under BackendTLSPolicy %s, which is not accepted: %s",
			s.NamespacedName, holder.name, holder.accepted[0].message)}
	}
	return holder.terms, nil
}

// judgeBackendPolicies says what became of every policy, for each Gateway from
// which sessions are under it: that is the ancestor which the Gateway API asks
// for.
func (t *translation) judgeBackendPolicies() {
	for _, s := range t.referred {
		for _, b := range s.policies {
			maps.Copy(b.gateways, s.gateways)
		}
	}
	for _, p := range t.backendTLS {
		v := verdictOf(kindBackendTLSPolicy, p)
		ancestors := p.ancestors()
		if len(ancestors) == 0 {
			v.Ignored = p.whyUnused()
		}
		for _, g := range ancestors[:min(len(ancestors), maxAncestors)] {
			accepted := p.acceptedFor(g)
			v.Ancestors = append(v.Ancestors, gatewayv1.PolicyAncestorStatus{
				AncestorRef: gatewayRef(g.name), ControllerName: ControllerName,
				Conditions: []metav1.Condition{
					accepted.condition(string(gatewayv1.PolicyConditionAccepted), string(gatewayv1.PolicyReasonAccepted), p.Generation),
					p.refs.condition(string(gatewayv1.BackendTLSPolicyConditionResolvedRefs), string(gatewayv1.BackendTLSPolicyReasonResolvedRefs), p.Generation),
				},
			})
		}
		t.verdicts = append(t.verdicts, v)
	}
}

// ancestors are the Gateways from which sessions go to any target, sorted.
func (p *backendPolicy) ancestors() []*gateway {
	var all []*gateway
	for _, b := range p.targets {
		for g := range b.gateways {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *gateway) int { return compareNames(a.name, b.name) })
	return slices.Compact(all)
}

// acceptedFor is what is wrong with p itself, and with the targets that sessions
// from g go to or that nobody can.
func (p *backendPolicy) acceptedFor(g *gateway) problems {
	found := slices.Clone(p.accepted)
	for _, b := range p.targets {
		if b.gateways[g] || len(b.gateways) == 0 {
			found.add(b.found)
		}
	}
	return found
}

func (p *backendPolicy) whyUnused() string {
	why := "no WebSocketRoute on a Gateway of Switchyard's leads to its targets"
	for _, b := range p.targets {
		if b.found != nil {
			return why + ": " + b.found.message
		}
	}
	return why
}
