package gatewaytest

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"testing"

	"switchyard.dev/gateway/config"
)

// Names of the listeners that every gateway of a Yard has.
const (
	PlainListener  = "test/gateway/ws"
	SecureListener = "test/gateway/wss"
)

// Route is one path of a gateway under test and what answers there.
type Route struct {
	// Name is the path where it is empty.
	Name  string
	Hosts []string
	// Path is a prefix unless Exact.
	Path  string
	Exact bool
	// Subprotocols in the route's own order; "" is the fallback. None is the
	// fallback alone.
	Subprotocols []string
	// Backends are the endpoints of the one service behind it, all ready. None:
	// a service without endpoints.
	Backends []string
	// TLS is how the gateway speaks to them; nil is plain TCP.
	TLS         *config.BackendTLS
	Framing     config.Framing
	MessageType config.MessageType
	Policy      *config.Policy
}

func (r Route) name() string {
	if r.Name != "" {
		return "test" + r.Name
	}
	return "test" + r.Path
}

// Service is the name of the service behind the route.
func (r Route) Service() string { return r.name() + ":1" }

func (r Route) compile(tb testing.TB) (*config.Route, *config.Service) {
	tb.Helper()
	target := &config.Target{
		Backends:    []*config.Backend{{Service: r.Service(), Weight: 1}},
		Framing:     r.Framing,
		MessageType: r.MessageType,
	}
	route := &config.Route{Name: r.name(), Path: &config.PathMatch{Value: r.Path}}
	if r.Exact {
		route.Path.Type = config.PathMatch_EXACT
	}
	for _, name := range []string{PlainListener, SecureListener} {
		route.Attachments = append(route.Attachments, &config.Attachment{Listener: name, Hostnames: r.Hosts, Policy: r.Policy})
	}
	offered := r.Subprotocols
	if len(offered) == 0 {
		offered = []string{""}
	}
	for _, name := range offered {
		if name == "" {
			route.Fallback = target
		} else {
			route.Subprotocols = append(route.Subprotocols, &config.Subprotocol{Name: name, Target: target})
		}
	}
	return route, r.service(tb)
}

func (r Route) service(tb testing.TB) *config.Service {
	tb.Helper()
	s := &config.Service{Name: r.Service(), Tls: r.TLS}
	for _, address := range r.Backends {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			tb.Fatal(err)
		}
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			tb.Fatal(err)
		}
		s.Endpoints = append(s.Endpoints, &config.Endpoint{Address: host, Port: uint32(number), Ready: true, Serving: true})
	}
	return s
}

// compileAll is the routes' part of a Snapshot, each list sorted by name.
func compileAll(tb testing.TB, routes []Route) *config.Snapshot {
	tb.Helper()
	s := &config.Snapshot{}
	for _, r := range routes {
		route, service := r.compile(tb)
		s.Routes = append(s.Routes, route)
		s.Services = append(s.Services, service)
	}
	slices.SortFunc(s.Routes, func(a, b *config.Route) int { return compareNames(a.Name, b.Name) })
	slices.SortFunc(s.Services, func(a, b *config.Service) int { return compareNames(a.Name, b.Name) })
	return s
}

func compareNames(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		panic(fmt.Sprintf("two objects of a test are named %s", a))
	}
}
