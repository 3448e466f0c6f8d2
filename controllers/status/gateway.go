package status

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/translate"
)

// DataPlane is what is known of the pods that serve one Gateway.
type DataPlane struct {
	Uptake Uptake
	// Addresses are where clients reach it.
	Addresses []gatewayv1.GatewayStatusAddress
	// Listeners are the names of those that are served.
	Listeners map[gatewayv1.SectionName]bool
	// Failed says why the pods cannot be run as they are to be; empty: they can.
	Failed string
}

func setClass(c *gatewayv1.GatewayClass, v *translate.Verdict, now metav1.Time) {
	c.Status.Conditions = with(c.Status.Conditions, v.Conditions, someOurs, now)
}

func setGateway(g *gatewayv1.Gateway, v *translate.Verdict, plane DataPlane, now metav1.Time) {
	before := g.Status
	want := withProgrammed(v.Conditions, before.Conditions, gatewayUptake(v, plane), v.Generation)
	g.Status.Conditions = with(before.Conditions, want, someOurs, now)
	g.Status.Addresses = plane.Addresses
	g.Status.Listeners = nil
	for _, l := range v.Listeners {
		var said []metav1.Condition
		if i := slices.IndexFunc(before.Listeners, func(o gatewayv1.ListenerStatus) bool { return o.Name == l.Name }); i >= 0 {
			said = before.Listeners[i].Conditions
		}
		l.Conditions = with(said, withProgrammed(l.Conditions, said, listenerUptake(l.Name, plane), v.Generation), allOurs, now)
		g.Status.Listeners = append(g.Status.Listeners, l)
	}
}

// gatewayUptake is plane's as a Gateway tells it: it needs an address, too.
func gatewayUptake(v *translate.Verdict, plane DataPlane) Uptake {
	switch {
	case !meta.IsStatusConditionTrue(v.Conditions, string(gatewayv1.GatewayConditionAccepted)):
		return Uptake{Reason: string(gatewayv1.GatewayReasonInvalid), Message: "the Gateway is not accepted"}
	case plane.Failed != "":
		return Uptake{Reason: string(gatewayv1.GatewayReasonNoResources), Message: plane.Failed}
	case plane.Uptake.Taken && len(plane.Addresses) == 0:
		return Uptake{
			Reason:  string(gatewayv1.GatewayReasonAddressNotAssigned),
			Message: "the gateways serve it, but their Service has no address yet: does the cluster have load balancers?",
		}
	}
	return plane.Uptake
}

func listenerUptake(name gatewayv1.SectionName, plane DataPlane) Uptake {
	if !plane.Listeners[name] {
		return Uptake{Reason: string(gatewayv1.ListenerReasonInvalid), Message: "the listener is not served: its other conditions say why"}
	}
	return plane.Uptake
}
