package console

import (
	"strings"

	"switchyard.dev/gateway/config"
)

// place is one way to reach a route: a listener and a hostname.
type place struct {
	Route        string        `json:"route"`
	Listener     string        `json:"listener"`
	Scheme       string        `json:"scheme"`  // ws or wss
	Address      string        `json:"address"` // the listener's; empty is any
	Port         uint32        `json:"port"`
	Host         string        `json:"host"` // may begin with "*."; empty is any
	Path         string        `json:"path"`
	Exact        bool          `json:"exact"`
	Subprotocols []subprotocol `json:"subprotocols"`
	// Fallback is nil where a client must offer a subprotocol.
	Fallback *subprotocol `json:"fallback"`
}

type subprotocol struct {
	Name     string   `json:"name"`
	Services []string `json:"services"`
	Framing  string   `json:"framing"`
	Message  string   `json:"message"` // what the client receives: binary or text
}

type routes struct {
	Routes []place `json:"routes"`
}

// routesOf lists the places of s, in the snapshot's order.
func routesOf(s *config.Snapshot) routes {
	listeners := make(map[string]*config.Listener, len(s.GetListeners()))
	for _, l := range s.GetListeners() {
		listeners[l.GetName()] = l
	}
	all := routes{Routes: []place{}}
	for _, route := range s.GetRoutes() {
		for _, at := range route.GetAttachments() {
			if l := listeners[at.GetListener()]; l != nil {
				all.Routes = append(all.Routes, placesOf(route, at, l)...)
			}
		}
	}
	return all
}

func placesOf(route *config.Route, at *config.Attachment, l *config.Listener) []place {
	p := place{
		Route:        route.GetName(),
		Listener:     l.GetName(),
		Scheme:       "ws",
		Address:      l.GetAddress(),
		Port:         l.GetPort(),
		Path:         route.GetPath().GetValue(),
		Exact:        route.GetPath().GetType() == config.PathMatch_EXACT,
		Subprotocols: []subprotocol{},
	}
	if l.GetTls() != nil {
		p.Scheme = "wss"
	}
	for _, sub := range route.GetSubprotocols() {
		p.Subprotocols = append(p.Subprotocols, targetOf(sub.GetName(), sub.GetTarget()))
	}
	if route.GetFallback() != nil {
		fallback := targetOf("", route.GetFallback())
		p.Fallback = &fallback
	}
	hosts := at.GetHostnames()
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	all := make([]place, len(hosts))
	for i, host := range hosts {
		all[i] = p
		all[i].Host = host
	}
	return all
}

func targetOf(name string, t *config.Target) subprotocol {
	s := subprotocol{
		Name:     name,
		Services: []string{},
		Framing:  strings.ToLower(t.GetFraming().String()),
		Message:  strings.ToLower(t.GetMessageType().String()),
	}
	for _, b := range t.GetBackends() {
		if b.GetService() != "" {
			s.Services = append(s.Services, b.GetService())
		}
	}
	return s
}
