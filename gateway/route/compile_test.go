package route

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"switchyard.dev/gateway/config"
)

func TestCompileRefuses(t *testing.T) {
	policed := route("ns/r").on("any").on("one")
	policed.Attachments[1].Policy = &config.Policy{DialTimeout: durationpb.New(-time.Second)}
	twice := snapshot()
	twice.Listeners = append(twice.Listeners, twice.Listeners[0])
	starred := snapshot()
	starred.Listeners[0].Hostname = "*"

	for name, tc := range map[string]struct {
		in   *config.Snapshot
		want string
	}{
		"two listeners of one name": {twice, `listener "any": name: there is another listener of this name`},
		"a listener for nothing but a star": {starred,
			`listener "any": hostname: "*": a wildcard is the whole first label, as in "*.example.com"`},
		"a route on a listener that is not there": {snapshot(route("ns/r").on("any").on("gone")),
			`route "ns/r": attachments[1].listener: "gone": there is no such listener`},
		"a wildcard within a label": {snapshot(route("ns/r").on("any", "a.test", "*a.test")),
			`route "ns/r": attachments[0].hostnames[1]: "*a.test": a wildcard is the whole first label, as in "*.example.com"`},
		"a wildcard that is not first": {snapshot(route("ns/r").on("any", "a.*.test")),
			`route "ns/r": attachments[0].hostnames[0]: "a.*.test": a wildcard is the whole first label, as in "*.example.com"`},
		"a wildcard of nothing": {snapshot(route("ns/r").on("any", "*.")),
			`route "ns/r": attachments[0].hostnames[0]: "*.": a wildcard is the whole first label, as in "*.example.com"`},
		"a path without a slash": {snapshot(route("ns/r").on("any").prefix("a")),
			`route "ns/r": path.value: "a": a path begins with "/"`},
		"no path": {snapshot(route("ns/r").on("any").prefix("")),
			`route "ns/r": path.value: "": a path begins with "/"`},
		"a subprotocol without a name": {snapshot(route("ns/r").on("any").serving("a", "")),
			`route "ns/r": subprotocols[1].name: "": a subprotocol has a name`},
		"a policy that is wrong": {snapshot(policed),
			`route "ns/r": attachments[1].policy.dial_timeout: -1s: a duration is not negative`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Compile(tc.in); err == nil || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestCompileLeavesItsInputAlone(t *testing.T) {
	s := snapshot(route("b").on("any"), route("a").on("any"))
	before := slices.Clone(s.Routes)
	if _, err := Compile(s); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Routes, before) {
		t.Error("the routes of the snapshot were sorted in place")
	}
}

func TestNothingIsServedFromNothing(t *testing.T) {
	for _, s := range []*config.Snapshot{nil, {}} {
		table, err := Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := table.Lookup([]string{"any"}, "a", "/"); ok {
			t.Error("a place in an empty table")
		}
		if got := table.Entries(); len(got) != 0 {
			t.Errorf("entries %v", got)
		}
	}
}
