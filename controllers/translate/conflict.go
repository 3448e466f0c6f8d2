package translate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// place is an address and port that listeners share if their hostnames differ.
type place struct {
	// gateway is zero where all Gateways share a host.
	gateway types.NamespacedName
	address string
	port    gatewayv1.PortNumber
}

// places are taken by listeners, first come, first served.
type places map[place][]*listener

// claimPlace gives l its place unless an earlier listener is in the way.
func (t *translation) claimPlace(taken places, l *listener) {
	if len(l.accepted) > 0 || len(l.gateway.accepted) > 0 {
		return
	}
	at := place{gateway: l.gateway.name, address: l.address(t.options), port: l.Port}
	if t.options.OneProcess {
		at.gateway = types.NamespacedName{}
	}
	for _, other := range taken[at] {
		if found := inTheWay(l, other); found != nil {
			l.conflicts.add(found)
			l.accepted.add(found)
			return
		}
	}
	taken[at] = append(taken[at], l)
}

func inTheWay(l, other *listener) *problem {
	switch {
	case l.Protocol != other.Protocol:
		return &problem{string(gatewayv1.ListenerReasonProtocolConflict), fmt.Sprintf(
			"port %d is %s for listener %s: take another port", l.Port, other.Protocol, other.name)}
	case l.hostname() == other.hostname():
		return &problem{string(gatewayv1.ListenerReasonHostnameConflict), fmt.Sprintf(
			"listener %s has port %d and hostname %q: take another of either", other.name, l.Port, l.hostname())}
	}
	return nil
}
