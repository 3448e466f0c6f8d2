package translate

import (
	"fmt"
	"net/netip"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// isSpecial says whether an address is not another host's, but means the
// gateway's own, its node's or its link's: who may write an EndpointSlice must
// not thereby reach what only the gateway can, as the cloud's metadata at
// 169.254.169.254.
func isSpecial(a netip.Addr) bool {
	a = a.Unmap() // "::ffff:127.0.0.1" is 127.0.0.1
	return a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast()
}

// refusal is the problem of the addresses that were left out.
func (g *gathering) refusal(s *service) *problem {
	if len(g.refused) == 0 {
		return nil
	}
	slices.Sort(g.refused)
	all := slices.Compact(g.refused)
	more := ""
	if len(all) > 1 {
		more = fmt.Sprintf(" and %d more", len(all)-1)
	}
	return &problem{string(gatewayv1.RouteReasonUnsupportedValue), fmt.Sprintf(
		"left out of Service %s: endpoint %s%s: loopback, link-local, unspecified and multicast addresses are not allowed here", s.NamespacedName, all[0], more)}
}
