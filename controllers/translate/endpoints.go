package translate

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"switchyard.dev/gateway/config"
)

// endpoints are those behind a Service's port: of its EndpointSlices, or the
// one host that an ExternalName stands for.
func (b *backendRef) endpoints() []*config.Endpoint {
	if b.service.Spec.Type == corev1.ServiceTypeExternalName {
		return []*config.Endpoint{{Address: b.service.Spec.ExternalName, Port: uint32(*b.Port), Ready: true, Serving: true}}
	}
	var all []*config.Endpoint
	for _, s := range sameFamily(b.service, b.t.slices[b.name]) {
		for _, port := range s.Ports {
			if inRange(port.Port) && deref(port.Name, "") == b.port.Name && deref(port.Protocol, corev1.ProtocolTCP) == corev1.ProtocolTCP {
				all = append(all, endpointsOf(s, uint32(*port.Port))...)
			}
		}
	}
	return distinct(all)
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
	isOther := func(s *discoveryv1.EndpointSlice) bool { return s.AddressType != first }
	if own := slices.DeleteFunc(slices.Clone(all), isOther); len(own) > 0 {
		return own
	}
	return all
}

// endpointsOf reads a slice. "ready: a nil value should be interpreted as true";
// "serving: a nil value should defer to ready" (EndpointConditions). "No
// semantics are defined for additional addresses beyond the first" (Endpoint).
func endpointsOf(s *discoveryv1.EndpointSlice, port uint32) []*config.Endpoint {
	out := make([]*config.Endpoint, 0, len(s.Endpoints))
	for _, e := range s.Endpoints {
		if len(e.Addresses) == 0 {
			continue
		}
		if _, err := netip.ParseAddr(e.Addresses[0]); err != nil {
			continue
		}
		ready := deref(e.Conditions.Ready, true)
		out = append(out, &config.Endpoint{
			Address: e.Addresses[0], Port: port,
			Ready:       ready,
			Serving:     deref(e.Conditions.Serving, ready),
			Terminating: deref(e.Conditions.Terminating, false),
			Zone:        deref(e.Zone, ""),
		})
	}
	return out
}

// distinct sorts all and keeps one of each address and port. An endpoint may be
// in two slices for a moment: "clients must be able to handle" that; the one
// that is ready counts.
func distinct(all []*config.Endpoint) []*config.Endpoint {
	byPlace := func(a, b *config.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port))
	}
	slices.SortStableFunc(all, func(a, b *config.Endpoint) int {
		return cmp.Or(byPlace(a, b), cmp.Compare(rank(b), rank(a)))
	})
	return slices.CompactFunc(all, func(a, b *config.Endpoint) bool { return byPlace(a, b) == 0 })
}

// inRange is false for "all ports", which no session can be dialled at, too.
func inRange(port *int32) bool { return port != nil && *port >= 1 && *port <= maxPort }

func rank(e *config.Endpoint) int {
	switch {
	case e.Ready:
		return 2
	case e.Serving:
		return 1
	}
	return 0
}

func deref[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
