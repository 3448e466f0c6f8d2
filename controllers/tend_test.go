package controllers

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/controllers/xds"
	"switchyard.dev/gateway/config"
)

func TestSooner(t *testing.T) {
	for name, tc := range map[string]struct{ a, b, want time.Duration }{
		"never and never": {},
		"never and then":  {0, time.Second, time.Second},
		"then and never":  {time.Second, 0, time.Second},
		"now and then":    {time.Second, time.Minute, time.Second},
		"then and now":    {time.Minute, time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sooner(tc.a, tc.b); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestWhyNoGatewayMayBeConnected(t *testing.T) {
	for want, state := range map[string]provision.State{
		"; 0 of 2 pods are ready":                          {Wanted: 2},
		"; 1 of 2 pods are ready: exceeded quota: compute": {Ready: 1, Wanted: 2, Failure: "exceeded quota: compute"},
	} {
		if got := podsOf(state); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhatIsSaidOfAGatewayIsOfItAlone(t *testing.T) {
	edge := types.NamespacedName{Namespace: "infra", Name: "edge"}
	other := types.NamespacedName{Namespace: "other", Name: "edge"}
	got := ofGateway([]xds.Report{{Gateway: other, Pod: "a"}, {Gateway: edge, Pod: "b"}, {Gateway: edge, Pod: "c"}}, edge)
	if len(got) != 2 || got[0].Pod != "b" || got[1].Pod != "c" {
		t.Errorf("got %v", got)
	}
	g := translate.Gateway{Snapshot: &config.Snapshot{Listeners: []*config.Listener{{Name: "infra/edge/ws"}}}}
	if all := served(g); len(all) != 1 || !all["ws"] {
		t.Errorf("served are %v", all)
	}
}

// A version is as old as its digest, however often it is published.
func TestAVersionIsAsOldAsItsDigest(t *testing.T) {
	edge := types.NamespacedName{Namespace: "infra", Name: "edge"}
	first := time.Unix(1e9, 0)
	var last *outcome
	for i, tc := range []struct {
		digest string
		since  time.Duration
	}{{"a", 0}, {"a", 0}, {"b", 2 * time.Minute}, {"a", 3 * time.Minute}} {
		now := first.Add(time.Duration(i) * time.Minute)
		all := versions(last, map[types.NamespacedName]string{edge: tc.digest}, now)
		if got, want := all[edge], (version{tc.digest, first.Add(tc.since)}); got != want {
			t.Errorf("pass %d: got %v, want %v", i, got, want)
		}
		last = &outcome{versions: all}
	}
	if all := versions(last, nil, first); len(all) != 0 {
		t.Errorf("a Gateway that is gone has %v", all)
	}
}
