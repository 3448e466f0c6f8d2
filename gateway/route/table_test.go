package route

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"switchyard.dev/gateway/config"
)

// routed builds a config.Route in a few words.
type routed struct{ *config.Route }

// route serves subprotocol "p" at "/" of the listeners that on adds.
func route(name string) routed {
	return routed{&config.Route{
		Name:         name,
		Path:         &config.PathMatch{Value: "/"},
		Subprotocols: []*config.Subprotocol{{Name: "p", Target: target("svc/" + name)}},
	}}
}

func target(service string) *config.Target {
	return &config.Target{Backends: []*config.Backend{{Service: service, Weight: 1}}}
}

func (r routed) on(listener string, hostnames ...string) routed {
	r.Attachments = append(r.Attachments, &config.Attachment{Listener: listener, Hostnames: hostnames})
	return r
}

func (r routed) prefix(path string) routed {
	r.Path = &config.PathMatch{Type: config.PathMatch_PREFIX, Value: path}
	return r
}

func (r routed) exact(path string) routed {
	r.Path = &config.PathMatch{Type: config.PathMatch_EXACT, Value: path}
	return r
}

func (r routed) serving(subprotocols ...string) routed {
	r.Subprotocols = nil
	for _, s := range subprotocols {
		r.Subprotocols = append(r.Subprotocols, &config.Subprotocol{Name: s, Target: target("svc/" + s)})
	}
	return r
}

func (r routed) fallback(service string) routed {
	r.Fallback = target(service)
	return r
}

func (r routed) created(seconds int64) routed {
	r.Created = &timestamppb.Timestamp{Seconds: seconds}
	return r
}

// snapshot has listeners "any", "example" for *.example.com, "sub" for
// *.sub.example.com and "one" for ws.example.com.
func snapshot(routes ...routed) *config.Snapshot {
	s := &config.Snapshot{Listeners: []*config.Listener{
		{Name: "any", Port: 8080},
		{Name: "example", Port: 8080, Hostname: "*.example.com"},
		{Name: "sub", Port: 8080, Hostname: "*.sub.example.com"},
		{Name: "one", Port: 8443, Hostname: "ws.example.com", Tls: &config.TLS{}},
	}}
	for _, r := range routes {
		s.Routes = append(s.Routes, r.Route)
	}
	return s
}

func compile(t testing.TB, routes ...routed) *Table {
	t.Helper()
	table, err := Compile(snapshot(routes...))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var all = []string{"any", "example", "sub", "one"}

func TestLookup(t *testing.T) {
	for name, tc := range map[string]struct {
		routes    []routed
		listeners []string
		host      string
		path      string
		// want is a route; empty is none.
		want string
	}{
		"any host": {routes: []routed{route("r").on("any")}, host: "x", want: "r"},
		"no host":  {routes: []routed{route("r").on("any")}, want: "r"},
		"an address as host": {routes: []routed{route("r").on("any"), route("w").on("any", "*.0.0.1")},
			listeners: []string{"any"}, host: "::1", want: "r"},
		"a listener that is not asked":      {routes: []routed{route("r").on("any")}, listeners: []string{"one"}, host: "ws.example.com"},
		"a listener that is not known":      {routes: []routed{route("r").on("any")}, listeners: []string{"gone", "any"}, host: "x", want: "r"},
		"no listener":                       {routes: []routed{route("r").on("any")}, listeners: []string{}, host: "x"},
		"a listener for the very host":      {routes: []routed{route("r").on("any"), route("w").on("example"), route("e").on("one")}, host: "ws.example.com", want: "e"},
		"a listener for hosts of a domain":  {routes: []routed{route("r").on("any"), route("w").on("example")}, host: "a.example.com", want: "w"},
		"of two domains the longer one":     {routes: []routed{route("w").on("example"), route("s").on("sub")}, host: "a.sub.example.com", want: "s"},
		"a domain itself is not below it":   {routes: []routed{route("r").on("any"), route("w").on("example")}, host: "example.com", want: "r"},
		"a suffix that ends within a label": {routes: []routed{route("r").on("any"), route("w").on("example")}, host: "badexample.com", want: "r"},
		"the most specific listener alone answers, even with nothing": {
			routes: []routed{route("r").on("any"), route("w").on("example")}, host: "ws.example.com"},
		"an exact hostname before a wildcard": {
			routes:    []routed{route("w").on("any", "*.test"), route("e").on("any", "a.test"), route("r").on("any")},
			listeners: []string{"any"}, host: "a.test", want: "e"},
		"the longest wildcard": {
			routes:    []routed{route("w1").on("any", "*.test"), route("w2").on("any", "*.b.test"), route("w3").on("any", "*.c.b.test")},
			listeners: []string{"any"}, host: "a.c.b.test", want: "w3"},
		"a wildcard stands for several labels": {routes: []routed{route("w").on("any", "*.test")},
			listeners: []string{"any"}, host: "a.b.c.d.test", want: "w"},
		"a wildcard is not its domain": {routes: []routed{route("w").on("any", "*.test")}, listeners: []string{"any"}, host: "test"},
		"a wildcard needs a label, not only a dot": {routes: []routed{route("w").on("any", "*.test")},
			listeners: []string{"any"}, host: ".test"},
		"a host with a dot at its end": {routes: []routed{route("e").on("any", "a.test")}, host: "a.test.", want: "e"},
		"only one dot is the root's":   {routes: []routed{route("e").on("any", "a.test")}, host: "a.test.."},
		"a route in upper case":        {routes: []routed{route("e").on("any", "A.Test")}, host: "a.test", want: "e"},
		"a hostname without the path gives way to a less specific one with it": {
			routes: []routed{route("e").on("any", "a.test").prefix("/x"), route("w").on("any", "*.test").prefix("/y"), route("r").on("any")},
			host:   "a.test", path: "/y/z", want: "w"},
		"and in the end to any host": {
			routes: []routed{route("e").on("any", "a.test").prefix("/x"), route("w").on("any", "*.test").prefix("/y"), route("r").on("any")},
			host:   "a.test", path: "/z", want: "r"},
		"a hostname before a longer path": {
			routes: []routed{route("e").on("any", "a.test"), route("w").on("any", "*.test").exact("/x")},
			host:   "a.test", path: "/x", want: "e"},
		"an exact path before a prefix":      {routes: []routed{route("p").on("any").prefix("/a/b"), route("e").on("any").exact("/a/b")}, path: "/a/b", want: "e"},
		"an exact path is exact":             {routes: []routed{route("e").on("any").exact("/a")}, path: "/a/"},
		"an exact path may end in a slash":   {routes: []routed{route("e").on("any").exact("/a/")}, path: "/a/", want: "e"},
		"the longest prefix":                 {routes: []routed{route("r").on("any"), route("a").on("any").prefix("/a"), route("b").on("any").prefix("/a/b")}, path: "/a/b/c", want: "b"},
		"a shorter prefix where it ends":     {routes: []routed{route("r").on("any"), route("a").on("any").prefix("/a"), route("b").on("any").prefix("/a/b")}, path: "/a/bc", want: "a"},
		"a prefix is of whole elements":      {routes: []routed{route("a").on("any").prefix("/a")}, path: "/ab"},
		"a prefix is the path itself":        {routes: []routed{route("a").on("any").prefix("/a")}, path: "/a", want: "a"},
		"a slash behind the path":            {routes: []routed{route("a").on("any").prefix("/a")}, path: "/a/", want: "a"},
		"a slash behind a prefix is ignored": {routes: []routed{route("a").on("any").prefix("/a/")}, path: "/a", want: "a"},
		"elements count, even empty ones":    {routes: []routed{route("a").on("any").prefix("/a/b")}, path: "/a//b"},
		"dots in a path are no steps":        {routes: []routed{route("a").on("any").prefix("/a")}, path: "/b/../a"},
		"a path has case":                    {routes: []routed{route("a").on("any").prefix("/a")}, path: "/A"},
		"escapes are not undone":             {routes: []routed{route("a").on("any").prefix("/a")}, path: "/%61"},
		"a path that is none":                {routes: []routed{route("r").on("any")}, path: "*"},
		"a path far deeper than any route": {routes: []routed{route("r").on("any"), route("a").on("any").prefix("/a/a")},
			path: strings.Repeat("/a", 10_000), want: "a"},
		"a path of nothing but slashes": {routes: []routed{route("r").on("any"), route("a").on("any").prefix("/a")},
			path: strings.Repeat("/", 10_000), want: "r"},
		"a host far longer than any route's": {routes: []routed{route("w").on("any", "*.a.a")},
			host: strings.Repeat("a.", 10_000) + "a", want: "w"},
	} {
		t.Run(name, func(t *testing.T) {
			listeners, path := tc.listeners, tc.path
			if listeners == nil {
				listeners = all
			}
			if path == "" {
				path = "/"
			}
			place, ok := compile(t, tc.routes...).Lookup(listeners, tc.host, path)
			got := ""
			if ok {
				c, ok := place.Choose([]string{"p"})
				if !ok {
					t.Fatal("the place serves nothing")
				}
				got = c.Route
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTheOrderOfListenersDoesNotMatter(t *testing.T) {
	table := compile(t, route("r").on("any"), route("w").on("example"), route("s").on("sub"), route("e").on("one"))
	for _, listeners := range [][]string{{"any", "example", "sub", "one"}, {"one", "sub", "example", "any"}, {"sub", "any", "one", "example"}} {
		for host, want := range map[string]string{"ws.example.com": "one", "a.sub.example.com": "sub", "b.example.com": "example", "c": "any"} {
			place, ok := table.Lookup(listeners, host, "/")
			if !ok {
				t.Fatalf("%s: nothing", host)
			}
			if c, _ := place.Choose([]string{"p"}); c.Listener != want {
				t.Errorf("%s at %v: listener %q, want %q", host, listeners, c.Listener, want)
			}
		}
	}
}

// many is a table of n routes, each with a host of its own, below one wildcard
// and with paths of a few elements.
func many(t testing.TB, n int) *Table {
	routes := []routed{route("wild").on("example", "*.example.com").prefix("/w/x")}
	for i := range n {
		routes = append(routes, route(fmt.Sprint("r", i)).on("example", fmt.Sprintf("h%d.example.com", i)).prefix(fmt.Sprintf("/tenant/%d", i)))
		routes = append(routes, route(fmt.Sprint("s", i)).on("example", "shared.example.com").exact(fmt.Sprintf("/tenant/%d", i)))
	}
	return compile(t, routes...)
}

var lookups = map[string]struct {
	host, path string
	ok         bool
}{
	"an exact host":    {"h3.example.com", "/tenant/3/a/b", true},
	"a shared host":    {"shared.example.com", "/tenant/3", true},
	"a wildcard":       {"a.b.c.example.com", "/w/x/y", true},
	"nothing":          {"h3.example.com", "/other", false},
	"a hostile path":   {"h3.example.com", strings.Repeat("/", 8<<10), false},
	"a hostile host":   {strings.Repeat("a.", 4<<10) + "example.com", "/tenant/3", false},
	"a path with tail": {"h3.example.com", "/tenant/3" + strings.Repeat("/x", 4<<10), true},
}

func TestLookupDoesNotAllocate(t *testing.T) {
	table := many(t, 100)
	offered := []string{"unknown", "p"}
	for name, tc := range lookups {
		t.Run(name, func(t *testing.T) {
			n := testing.AllocsPerRun(100, func() {
				place, ok := table.Lookup(all, tc.host, tc.path)
				if ok != tc.ok {
					t.Fatalf("found: %v", ok)
				}
				if ok {
					place.Choose(offered)
				}
			})
			if n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{10, 1_000, 10_000} {
		table := many(b, n/2)
		for name, tc := range lookups {
			b.Run(fmt.Sprintf("%d routes/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					table.Lookup(all, tc.host, tc.path)
				}
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	routes := make([]routed, 10_000)
	for i := range routes {
		routes[i] = route(fmt.Sprint("r", i)).on("example", fmt.Sprintf("h%d.example.com", i))
	}
	s := snapshot(routes...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(s); err != nil {
			b.Fatal(err)
		}
	}
}
