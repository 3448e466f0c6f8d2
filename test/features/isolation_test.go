package features

import (
	"strings"
	"testing"
)

// Each Gateway's data plane gets its own listeners, routes and services, and
// nothing of another's.
func TestAGatewayHoldsItsOwnResourcesAlone(t *testing.T) {
	w := newWorld(t)
	o, p := w.edge()
	w.apply(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: other}
spec:
  gatewayClassName: "{NS}"
  listeners:
  - {name: ws, protocol: HTTP, port: {PORT:other}}
`)
	q := w.pod("other", "other-0", o.address)
	w.service("echo", w.yard.Echo())
	w.service("else", w.yard.Echo())
	w.apply(echo)
	w.apply(strings.NewReplacer("name: echo}", "name: else}", "edge", "other", "name: echo,", "name: else,").Replace(echo))
	w.wantRoute("echo", programmed)
	w.wantRoute("else", programmed)
	for name, has := range map[string]struct {
		p              *pod
		route, service string
	}{"edge": {p, "/echo", "/echo:7"}, "other": {q, "/else", "/else:7"}} {
		s := has.p.Config()
		if len(s.GetListeners()) != 1 || len(s.GetRoutes()) != 1 || len(s.GetServices()) != 1 {
			t.Fatalf("%s has %v", name, s.Redacted())
		}
		if got := s.GetListeners()[0].GetName(); got != w.users+"/"+name+"/ws" {
			t.Errorf("%s has listener %s", name, got)
		}
		if got := s.GetRoutes()[0].GetName(); got != w.users+has.route {
			t.Errorf("%s has route %s", name, got)
		}
		if got := s.GetServices()[0].GetName(); got != w.users+has.service {
			t.Errorf("%s has service %s", name, got)
		}
	}
}
