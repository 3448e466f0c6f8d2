package translate

import (
	"slices"

	"google.golang.org/protobuf/proto"
	discoveryv1 "k8s.io/api/discovery/v1"

	"switchyard.dev/gateway/config"
)

// followed is a service of a Result, with what it takes to follow its endpoints.
type followed struct {
	service
	// slices are what its endpoints were read from, refused is why some of them
	// are left out.
	slices  []*discoveryv1.EndpointSlice
	refused *problem
}

// followed is s without the rest of the translation, which need not be kept.
func (s *service) followed() followed {
	r := followed{
		service: service{servicePort: s.servicePort, id: s.id, object: s.object, port: s.port, config: s.config},
		slices:  s.t.slices[s.NamespacedName],
	}
	if len(s.found) > 0 {
		r.refused = &s.found[0]
	}
	return r
}

// WithEndpoints is what Translate would come to if the EndpointSlices among its
// objects were these. Endpoints move all day, routes are written by people: this
// costs what has moved. What has not is shared with r, message by message.
//
// Not ok: more than endpoints would be another, and Translate must say what.
func (r Result) WithEndpoints(all []discoveryv1.EndpointSlice) (next Result, ok bool) {
	next = r
	next.followed = slices.Clone(r.followed)
	now := byService(all)
	moved := map[*config.Service]*config.Service{}
	for i := range next.followed {
		s := &next.followed[i]
		before := s.config
		if !s.follow(now[s.NamespacedName], r.anyAddress) {
			return Result{}, false
		}
		if s.config != before {
			moved[before] = s.config
		}
	}
	if len(moved) == 0 {
		return next, true
	}
	next.Snapshot = withServices(r.Snapshot, moved)
	next.Gateways = slices.Clone(r.Gateways)
	for i := range next.Gateways {
		next.Gateways[i].Snapshot = withServices(next.Gateways[i].Snapshot, moved)
	}
	return next, true
}

// follow reads the endpoints of s anew. False: others are refused than before,
// which routes must be told.
func (s *followed) follow(now []*discoveryv1.EndpointSlice, anyAddress bool) bool {
	before := s.slices
	s.slices = now
	if sameVersions(before, now) {
		return true
	}
	endpoints, refused := s.endpoints(now, anyAddress)
	if (refused == nil) != (s.refused == nil) || refused != nil && *refused != *s.refused {
		return false
	}
	if next := (&config.Service{Name: s.id, Tls: s.config.Tls, Endpoints: endpoints}); !proto.Equal(s.config, next) {
		s.config = next
	}
	return true
}

// sameVersions says whether both are the same objects, unchanged. Objects that
// no API server has seen have no versions.
func sameVersions(before, now []*discoveryv1.EndpointSlice) bool {
	return len(before) == len(now) && !slices.ContainsFunc(now, func(s *discoveryv1.EndpointSlice) bool {
		return s.ResourceVersion == "" || !slices.ContainsFunc(before, func(old *discoveryv1.EndpointSlice) bool {
			return old.UID == s.UID && old.ResourceVersion == s.ResourceVersion
		})
	})
}

// withServices is s with those services that have moved; s itself if none of its
// own has.
func withServices(s *config.Snapshot, moved map[*config.Service]*config.Service) *config.Snapshot {
	var services []*config.Service
	for i, before := range s.Services {
		if now := moved[before]; now != nil {
			if services == nil {
				services = slices.Clone(s.Services)
			}
			services[i] = now
		}
	}
	if services == nil {
		return s
	}
	return &config.Snapshot{Listeners: s.Listeners, Routes: s.Routes, Services: services}
}
