package config

import (
	"cmp"
	"slices"
	"strings"
)

// ResourceType is the type URL of a Resource in xDS.
const ResourceType = "type.googleapis.com/switchyard.config.v1.Resource"

// The first words of the names of Resources: listeners, routes and services may
// share a name.
const (
	listenerPrefix = "listener/"
	routePrefix    = "route/"
	servicePrefix  = "service/"
)

// Resources is s in pieces, each under its Name, which no other has. They share
// what s holds.
func (s *Snapshot) Resources() map[string]*Resource {
	all := make(map[string]*Resource, len(s.GetListeners())+len(s.GetRoutes())+len(s.GetServices()))
	add := func(r *Resource) { all[r.Name()] = r }
	for _, l := range s.GetListeners() {
		add(&Resource{Kind: &Resource_Listener{Listener: l}})
	}
	for _, r := range s.GetRoutes() {
		add(&Resource{Kind: &Resource_Route{Route: r}})
	}
	for _, v := range s.GetServices() {
		add(&Resource{Kind: &Resource_Service{Service: v}})
	}
	return all
}

// Name is what r goes by among the pieces of a Snapshot; empty where r is of no
// known kind.
func (r *Resource) Name() string {
	switch kind := r.GetKind().(type) {
	case *Resource_Listener:
		return listenerPrefix + kind.Listener.GetName()
	case *Resource_Route:
		return routePrefix + kind.Route.GetName()
	case *Resource_Service:
		return servicePrefix + kind.Service.GetName()
	}
	return ""
}

// Assemble is the Snapshot that has all of the given pieces: what Resources
// took apart. A piece of no known kind is left out. Whether they fit together
// is for Validate to say.
func Assemble(all map[string]*Resource) *Snapshot {
	s := &Snapshot{}
	for _, r := range all {
		switch kind := r.GetKind().(type) {
		case *Resource_Listener:
			s.Listeners = append(s.Listeners, kind.Listener)
		case *Resource_Route:
			s.Routes = append(s.Routes, kind.Route)
		case *Resource_Service:
			s.Services = append(s.Services, kind.Service)
		}
	}
	slices.SortFunc(s.Listeners, func(a, b *Listener) int { return cmp.Compare(a.GetName(), b.GetName()) })
	slices.SortFunc(s.Routes, func(a, b *Route) int { return cmp.Compare(a.GetName(), b.GetName()) })
	slices.SortFunc(s.Services, func(a, b *Service) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return s
}

// IsService says whether a Resource of that name is a Service. Endpoints come
// and go; listeners and routes are what people write.
func IsService(name string) bool { return strings.HasPrefix(name, servicePrefix) }

// ServerName is the name that the certificate of every controller is for, by
// whatever address it is reached.
const ServerName = "controller.switchyard.dev"
