package translate

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"switchyard.dev/gateway/config"
)

// endpoints are those behind a Service's port: of its EndpointSlices, which are
// given, or the one host that an ExternalName stands for. The problem is of
// those left out.
func (s *service) endpoints(in []*discoveryv1.EndpointSlice, anyAddress bool) ([]*config.Endpoint, *problem) {
	if s.object.Spec.Type == corev1.ServiceTypeExternalName {
		return []*config.Endpoint{{Address: s.object.Spec.ExternalName, Port: uint32(s.number), Ready: true, Serving: true}}, nil
	}
	g := gathering{anyAddress: anyAddress}
	for _, slice := range sameFamily(s.object, in) {
		for _, port := range slice.Ports {
			if inRange(port.Port) && deref(port.Name, "") == s.port.Name && deref(port.Protocol, corev1.ProtocolTCP) == corev1.ProtocolTCP {
				g.add(slice, uint32(*port.Port))
			}
		}
	}
	return distinct(g.endpoints), g.refusal(s)
}

// sameFamily keeps the slices of the Service's first IP family, as far as they
// have endpoints: a pod with two addresses is one endpoint, not two.
func sameFamily(service *corev1.Service, all []*discoveryv1.EndpointSlice) []*discoveryv1.EndpointSlice {
	all = slices.DeleteFunc(slices.Clone(all), func(s *discoveryv1.EndpointSlice) bool {
		return s.AddressType == discoveryv1.AddressTypeFQDN || len(s.Endpoints) == 0
	})
	if len(service.Spec.IPFamilies) == 0 {
		return all
	}
	first := discoveryv1.AddressType(service.Spec.IPFamilies[0])
	isFirst := func(s *discoveryv1.EndpointSlice) bool { return s.AddressType == first }
	if !slices.ContainsFunc(all, isFirst) {
		return all
	}
	return slices.DeleteFunc(all, func(s *discoveryv1.EndpointSlice) bool { return !isFirst(s) })
}

// gathering collects endpoints, and the addresses of those that are refused.
type gathering struct {
	anyAddress bool
	endpoints  []*config.Endpoint
	refused    []string
}

// add reads a slice. "ready: a nil value should be interpreted as true";
// "serving: a nil value should defer to ready" (EndpointConditions). "No
// semantics are defined for additional addresses beyond the first" (Endpoint).
func (g *gathering) add(s *discoveryv1.EndpointSlice, port uint32) {
	g.endpoints = slices.Grow(g.endpoints, len(s.Endpoints))
	room := make([]config.Endpoint, len(s.Endpoints))
	for i := range s.Endpoints {
		e := &s.Endpoints[i]
		if len(e.Addresses) == 0 {
			continue
		}
		address, err := netip.ParseAddr(e.Addresses[0])
		if err != nil {
			continue
		}
		if !g.anyAddress && isSpecial(address) {
			g.refused = append(g.refused, e.Addresses[0])
			continue
		}
		ready := deref(e.Conditions.Ready, true)
		out := &room[i]
		out.Address, out.Port = e.Addresses[0], port
		out.Ready = ready
		out.Serving = deref(e.Conditions.Serving, ready)
		out.Terminating = deref(e.Conditions.Terminating, false)
		out.Zone = deref(e.Zone, "")
		g.endpoints = append(g.endpoints, out)
	}
}

// distinct sorts all and keeps one of each address and port. An endpoint may be
// in two slices for a moment: "clients must be able to handle" that; the one
// that is ready counts.
func distinct(all []*config.Endpoint) []*config.Endpoint {
	byPlace := func(a, b *config.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port))
	}
	slices.SortFunc(all, func(a, b *config.Endpoint) int {
		if order := byPlace(a, b); order != 0 {
			return order
		}
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(a.Zone, b.Zone))
	})
	return slices.CompactFunc(all, func(a, b *config.Endpoint) bool { return byPlace(a, b) == 0 })
}

// inRange is false for "all ports", which no session can be dialled at, too.
func inRange(port *int32) bool { return port != nil && *port >= 1 && *port <= maxPort }

// rank is the greater the better. It tells apart all that conditions may say.
func rank(e *config.Endpoint) (rank int) {
	if e.Ready {
		rank += 4
	}
	if e.Serving {
		rank += 2
	}
	if !e.Terminating {
		rank++
	}
	return rank
}

func deref[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
