package translate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// gateway is a Gateway while it is translated.
type gateway struct {
	*gatewayv1.Gateway
	name types.NamespacedName
	// ignored says why it is not Switchyard's; then nothing else is looked at.
	ignored string
	// accepted is why it is not.
	accepted problems
	// misrun is why its data plane cannot be run as asked. What it serves is
	// another matter: one that runs serves on.
	misrun     problems
	parameters v1alpha1.GatewayParametersSpec
	listeners  []*listener
	// snapshot is its share, services those that its routes refer to, some of
	// them often.
	snapshot *config.Snapshot
	services []*service
}

// openGateways judges Gateways and listeners as far as that needs no route.
// Of two that claim the same, the first keeps it.
func (t *translation) openGateways() {
	places := places{}
	for _, object := range t.inventory.gateways {
		g := &gateway{Gateway: object, name: nameOf(object), ignored: t.whyIgnored(object)}
		t.gateways[g.name] = g
		t.order = append(t.order, g)
		if g.ignored != "" {
			continue
		}
		g.snapshot = &config.Snapshot{}
		g.parameters, g.misrun = t.gatewayParameters(object)
		for _, check := range t.gatewayChecks() {
			g.accepted.add(check(g))
		}
		for i := range object.Spec.Listeners {
			l := &listener{Listener: &object.Spec.Listeners[i], gateway: g, index: i}
			l.name = g.name.String() + "/" + string(l.Name)
			t.openListener(l)
			t.claimPlace(places, l)
			g.listeners = append(g.listeners, l)
		}
	}
}

func (t *translation) gatewayChecks() []func(*gateway) *problem {
	checks := []func(*gateway) *problem{hasListeners}
	if t.options.BindAddresses {
		checks = append(checks, addressCanBeBound)
	}
	return checks
}

func hasListeners(g *gateway) *problem {
	if len(g.Spec.Listeners) > 0 {
		return nil
	}
	return &problem{string(gatewayv1.GatewayReasonListenersNotValid), "spec.listeners is empty: give it at least one"}
}

func addressCanBeBound(g *gateway) *problem {
	all := g.Spec.Addresses
	if len(all) == 0 {
		return nil
	}
	_, err := netip.ParseAddr(all[0].Value)
	kind := gatewayv1.IPAddressType
	if all[0].Type != nil {
		kind = *all[0].Type
	}
	if len(all) == 1 && kind == gatewayv1.IPAddressType && err == nil {
		return nil
	}
	return &problem{string(gatewayv1.GatewayReasonUnsupportedAddress), fmt.Sprintf(
		"spec.addresses has %d entries, the first %s %q: give one IPAddress to listen on, or none to listen on all", len(all), kind, all[0].Value)}
}

// closeGateways puts what can be served into the snapshots and says what became
// of every Gateway, once the routes are counted.
func (t *translation) closeGateways() (ours []Gateway, left []*gatewayv1.Gateway) {
	for _, g := range t.order {
		v := verdictOf(kindGateway, g)
		v.Ignored = g.ignored
		switch {
		case t.foreign[string(g.Spec.GatewayClassName)] != "":
			left = append(left, g.Gateway)
		case g.ignored == "":
			t.closeListeners(g, &v)
			accepted := g.condition()
			v.Conditions = append(v.Conditions, accepted)
			if mode, ok := insecure(g); ok {
				v.Conditions = append(v.Conditions, mode)
			}
			g.closeSnapshot()
			ours = append(ours, Gateway{
				Gateway: g.Gateway, Accepted: accepted.Status == metav1.ConditionTrue,
				Snapshot: g.snapshot, Parameters: g.parameters,
			})
		}
		t.verdicts = append(t.verdicts, v)
	}
	slices.SortFunc(ours, func(a, b Gateway) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return ours, left
}

func (t *translation) closeListeners(g *gateway, v *Verdict) {
	for _, l := range g.listeners {
		v.Listeners = append(v.Listeners, l.status())
		v.Warnings = append(v.Warnings, l.warnings...)
		if l.served() {
			c := l.config(t.options)
			g.snapshot.Listeners = append(g.snapshot.Listeners, c)
			t.snapshot.Listeners = append(t.snapshot.Listeners, c)
		}
	}
}

// condition is Accepted: true as soon as one listener is, but the reason tells
// that not all are.
func (g *gateway) condition() metav1.Condition {
	found := slices.Concat(g.accepted, g.misrun)
	bad := 0
	for _, l := range g.listeners {
		if len(l.accepted) > 0 {
			bad++
		}
	}
	notValid := &problem{string(gatewayv1.GatewayReasonListenersNotValid), fmt.Sprintf("%d of %d listeners are not accepted", bad, len(g.listeners))}
	if bad > 0 && bad == len(g.listeners) {
		found.add(notValid)
	}
	c := found.condition(string(gatewayv1.GatewayConditionAccepted), string(gatewayv1.GatewayReasonAccepted), g.Generation)
	if len(found) == 0 && bad > 0 {
		c.Reason, c.Message = notValid.reason, notValid.message
	}
	return c
}

// insecure is the condition that the Gateway API asks for where clients without
// a valid certificate are let in.
func insecure(g *gateway) (metav1.Condition, bool) {
	for _, l := range g.listeners {
		if v := validationFor(g, l.Port); v != nil && v.Mode == gatewayv1.AllowInsecureFallback {
			return metav1.Condition{
				Type:               string(gatewayv1.GatewayConditionInsecureFrontendValidationMode),
				Status:             metav1.ConditionTrue,
				Reason:             string(gatewayv1.GatewayReasonConfigurationChanged),
				Message:            "clients without a valid certificate are let in",
				ObservedGeneration: g.Generation,
			}, true
		}
	}
	return metav1.Condition{}, false
}
