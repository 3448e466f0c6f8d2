package upstream

import (
	"errors"
	"testing"

	"switchyard.dev/gateway/config"
)

func TestWeightsShareNewSessions(t *testing.T) {
	const n = 10_000
	for name, tc := range map[string]struct {
		target *Target
		// Percent of new sessions by endpoint.
		want map[string]int
	}{
		"one backend gets all":                        {to("a", 7), map[string]int{"a:1": 100}},
		"shares are in proportion":                    {to("a", 1, "b", 3), map[string]int{"a:1": 25, "b:1": 75}},
		"a weight of zero gets nothing":               {to("a", 0, "b", 1), map[string]int{"b:1": 100}},
		"a service named twice gets both shares":      {to("a", 1, "b", 1, "a", 2), map[string]int{"a:1": 75, "b:1": 25}},
		"the largest weights do not overflow the sum": {to("a", 1_000_000, "b", 1_000_000), map[string]int{"a:1": 50, "b:1": 50}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, ready("a", "a"), ready("b", "b"))
			got := b.shares(tc.target, n)
			for endpoint, percent := range tc.want {
				if want := n * percent / 100; got[endpoint] < want-n/50 || got[endpoint] > want+n/50 {
					t.Errorf("%s got %d of %d, want about %d", endpoint, got[endpoint], n, want)
				}
				delete(got, endpoint)
			}
			if len(got) > 0 {
				t.Errorf("others got %v", got)
			}
		})
	}
}

func TestWhatHasNoEndpoint(t *testing.T) {
	notReady := &config.Service{Name: "s", Endpoints: []*config.Endpoint{
		{Address: "a", Port: 1}, {Address: "b", Port: 1, Serving: true}, {Address: "c", Port: 1, Terminating: true},
	}}
	for name, tc := range map[string]struct {
		target *Target
		want   string
	}{
		"a target without backends":          {NewTarget(nil), "no backend takes new sessions: no ready endpoint"},
		"a target whose weights are zero":    {to("s", 0, "", 0), "no backend takes new sessions: no ready endpoint"},
		"a reference without a service":      {to("", 1), "a backend that could not be resolved: no ready endpoint"},
		"a service that is not known":        {to("gone", 1), `service "gone": no ready endpoint`},
		"a service without endpoints":        {to("empty", 1), `service "empty": no ready endpoint`},
		"a service that is not ready":        {to("s", 1), `service "s": no ready endpoint`},
		"a reference that was never a share": {to("", 1, "s", 0), "a backend that could not be resolved: no ready endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, ready("empty"), notReady)
			_, err := b.Dial(t.Context(), tc.target, dialTimeout)
			if !errors.Is(err, ErrNoEndpoint) || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
			if d := b.took(); d != nil {
				t.Errorf("dialled %v", d)
			}
		})
	}
}

func TestTheShareOfABackendWithoutEndpointsIsRefused(t *testing.T) {
	const n = 2000
	for _, hole := range []string{"", "empty"} {
		b := newBench(t, ready("a", "a"), ready("empty"))
		refused := 0
		for range n {
			c, err := b.Dial(t.Context(), to("a", 1, hole, 1), dialTimeout)
			if err != nil {
				refused++
				continue
			}
			c.Release()
		}
		if refused < n*4/10 || refused > n*6/10 {
			t.Errorf("backend %q: %d of %d refused, want about half", hole, refused, n)
		}
	}
}

func TestTiersOfEndpoints(t *testing.T) {
	leaving := &config.Endpoint{Address: "leaving", Port: 1, Serving: true, Terminating: true}
	unready := &config.Endpoint{Address: "unready", Port: 1, Serving: true}
	up := &config.Endpoint{Address: "ready", Port: 1, Ready: true, Serving: true}
	published := &config.Endpoint{Address: "published", Port: 1, Ready: true, Terminating: true}
	for name, tc := range map[string]struct {
		endpoints []*config.Endpoint
		want      []string
	}{
		"ready before terminating":                    {[]*config.Endpoint{leaving, up, unready}, []string{"ready:1"}},
		"terminating where none is ready":             {[]*config.Endpoint{leaving, unready}, []string{"leaving:1"}},
		"ready counts even while it terminates":       {[]*config.Endpoint{published, up}, []string{"published:1", "ready:1"}},
		"an address twice is one endpoint":            {[]*config.Endpoint{up, up}, []string{"ready:1"}},
		"an IPv6 address gets brackets":               {[]*config.Endpoint{{Address: "::1", Port: 1, Ready: true}}, []string{"[::1]:1"}},
		"a second slice may say that it is ready":     {[]*config.Endpoint{{Address: "ready", Port: 1}, up}, []string{"ready:1"}},
		"the same address with two ports is two":      {[]*config.Endpoint{{Address: "x", Port: 1, Ready: true}, {Address: "x", Port: 2, Ready: true}}, []string{"x:1", "x:2"}},
		"neither ready nor terminating takes nothing": {[]*config.Endpoint{unready, leaving}, []string{"leaving:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, &config.Service{Name: "s", Endpoints: tc.endpoints})
			got := b.shares(to("s", 1), 200)
			for _, endpoint := range tc.want {
				if got[endpoint] == 0 {
					t.Errorf("%s got nothing", endpoint)
				}
				delete(got, endpoint)
			}
			if len(got) > 0 {
				t.Errorf("others got %v", got)
			}
		})
	}
}

func TestOfTwoEndpointsTheLessLoadedIsTaken(t *testing.T) {
	b := newBench(t, ready("s", "a", "b"))
	target := to("s", 1)
	for range 100 {
		b.connect(target)
	}
	if a, b := b.live("s", "a:1"), b.live("s", "b:1"); a != 50 || b != 50 {
		t.Errorf("100 sessions went %d to %d", a, b)
	}
}

func TestManyEndpointsAreLoadedEvenly(t *testing.T) {
	hosts := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	b := newBench(t, ready("s", hosts...))
	for range 1000 {
		b.connect(to("s", 1))
	}
	for _, h := range hosts {
		// Chosen blindly, the loads would spread by about 10 around 100.
		if n := b.live("s", h+":1"); n < 95 || n > 105 {
			t.Errorf("%s has %d of 1000 sessions, want about 100", h, n)
		}
	}
}
