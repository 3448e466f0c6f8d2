package xds

import (
	"fmt"
	"testing"

	"switchyard.dev/gateway/config"
)

// BenchmarkOneEndpoint is what one changed endpoint costs among 10,000 routes and
// 50,000 endpoints, but for what Apply does.
func BenchmarkOneEndpoint(b *testing.B) {
	const routes, endpoints = 10_000, 5
	s := &config.Snapshot{Listeners: []*config.Listener{{Name: "l", Port: 80}}}
	for i := range routes {
		name := fmt.Sprintf("n/%05d", i)
		s.Routes = append(s.Routes, &config.Route{
			Name: name, Path: &config.PathMatch{Value: "/" + name},
			Attachments: []*config.Attachment{{Listener: "l", Hostnames: []string{"ws.example.com"}}},
			Fallback:    &config.Target{Backends: []*config.Backend{{Service: name + ":1", Weight: 1}}},
		})
		v := &config.Service{Name: name + ":1"}
		for n := range endpoints {
			v.Endpoints = append(v.Endpoints, &config.Endpoint{Address: fmt.Sprintf("10.0.%d.%d", i>>8, i&0xff), Port: uint32(n + 1), Ready: true})
		}
		s.Services = append(s.Services, v)
	}
	if err := config.Validate(s); err != nil {
		b.Fatal(err)
	}
	versions := make(map[string]string)
	for name := range s.Resources() {
		versions[name] = "0123456789abcdef"
	}
	c := newClient(func(*config.Snapshot) error { return nil })
	c.held = newHolding(s, versions)
	one := response(nil, sent(b, "service/n/00007:1", "2", service("n/00007:1", 7)))
	b.ReportAllocs()
	for b.Loop() {
		if a := c.answer(one); a.GetErrorDetail() != nil {
			b.Fatal(a)
		}
	}
}
