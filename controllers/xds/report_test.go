package xds

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/gateway/config"
)

func TestReportsFollowAnswers(t *testing.T) {
	r := start(t)
	s := sample(2, 1)
	first := r.publishEdge(s)
	c := r.connect(edge, "edge-1")
	c.subscribe()
	c.take()
	r.wantReports(Report{Gateway: edge, Pod: "edge-1"})
	c.ack()
	r.wantReports(Report{Gateway: edge, Pod: "edge-1", Digest: first})

	s = clone(s)
	s.Routes[0].Path.Value = "nonsense"
	second := r.publishEdge(s)
	c.take()
	c.nack("route app/route-00000: path.value\nis \"nonsense\"")
	r.wantReports(Report{Gateway: edge, Pod: "edge-1", Digest: first, Refused: second, Refusal: `route app/route-00000: path.value is "nonsense"`})

	s = clone(s)
	s.Routes[0].Path.Value = "/sense"
	third := r.publishEdge(s)
	c.take()
	c.ack()
	r.wantReports(Report{Gateway: edge, Pod: "edge-1", Digest: third})
	if first == second || second == third || first == third {
		t.Errorf("digests %s, %s, %s", first, second, third)
	}
	c.end()
	r.wantReports()
}

func TestEndpointsAloneChangeNoReport(t *testing.T) {
	r := start(t)
	s := sample(2, 2)
	digest := r.publishEdge(s)
	c := r.join(edge, "edge-1")
	r.wantReports(Report{Gateway: edge, Pod: "edge-1", Digest: digest})
	before := r.countedChanges()
	for i := range 5 {
		s = clone(s)
		s.Services[0].Endpoints[0].Port = uint32(2000 + i)
		if again := r.publishEdge(s); again != digest {
			t.Fatalf("the digest is another: %s", again)
		}
		c.take()
		c.ack()
	}
	// What comes after the last ack is proof that it was handled.
	s = clone(s)
	s.Services = s.Services[:1]
	r.publishEdge(s)
	c.take()
	if after := r.countedChanges(); after != before {
		t.Errorf("%d changes were told of", after-before)
	}
}

func TestADigestIsOfWhatPeopleWrite(t *testing.T) {
	base := sample(3, 3)
	of := func(s *config.Snapshot) string {
		t.Helper()
		p, err := prepare(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p.digest
	}
	for name, tc := range map[string]struct {
		change func(*config.Snapshot)
		same   bool
	}{
		"nothing":          {func(*config.Snapshot) {}, true},
		"an endpoint":      {func(s *config.Snapshot) { s.Services[0].Endpoints = nil }, true},
		"a service":        {func(s *config.Snapshot) { s.Services = s.Services[1:] }, true},
		"a route's path":   {func(s *config.Snapshot) { s.Routes[2].Path.Value = "/x" }, false},
		"a route less":     {func(s *config.Snapshot) { s.Routes = s.Routes[1:] }, false},
		"a route more":     {func(s *config.Snapshot) { s.Routes = append(s.Routes, &config.Route{Name: "z"}) }, false},
		"a listener":       {func(s *config.Snapshot) { s.Listeners[0].Port = 81 }, false},
		"a listener less":  {func(s *config.Snapshot) { s.Listeners = nil }, false},
		"nothing is there": {func(s *config.Snapshot) { *s = config.Snapshot{} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := clone(base)
			tc.change(s)
			last, err := prepare(base, nil)
			if err != nil {
				t.Fatal(err)
			}
			next, err := prepare(s, last)
			if err != nil {
				t.Fatal(err)
			}
			if same := next.digest == last.digest; same != tc.same {
				t.Errorf("same is %v", same)
			}
			if fresh := of(s); next.digest != fresh || fresh == "" {
				t.Errorf("%s after another, %s alone", next.digest, fresh)
			}
		})
	}
}

func TestReportsAreSorted(t *testing.T) {
	r := start(t)
	other := types.NamespacedName{Namespace: "apps", Name: "z"}
	s := sample(1, 1)
	digest := r.publish(map[types.NamespacedName]*config.Snapshot{edge: s, inner: s, other: s})[edge]
	for _, c := range []struct {
		gateway types.NamespacedName
		pod     string
	}{{inner, "a"}, {edge, "b"}, {edge, "a"}, {other, "c"}} {
		r.join(c.gateway, c.pod)
	}
	r.wantReports(
		Report{Gateway: other, Pod: "c", Digest: digest}, Report{Gateway: edge, Pod: "a", Digest: digest},
		Report{Gateway: edge, Pod: "b", Digest: digest}, Report{Gateway: inner, Pod: "a", Digest: digest},
	)
	if got := testutil.ToFloat64(r.Server.metrics.gateways); got != 4 {
		t.Errorf("%v gateways are counted", got)
	}
}

func TestMetricsCountWhatHappens(t *testing.T) {
	r := start(t)
	s := sample(2, 1)
	r.publishEdge(s)
	c := r.join(edge, "edge-1")
	s = clone(s)
	s.Routes[0].Path.Value = "nonsense"
	digest := r.publishEdge(s)
	c.take()
	c.nack("no")
	r.until(func(got []Report) bool { return got[0].Refused == digest })
	const want = `
# HELP switchyard_xds_answers_total Responses that gateways answered: ack took it, nack refused it.
# TYPE switchyard_xds_answers_total counter
switchyard_xds_answers_total{result="ack"} 1
switchyard_xds_answers_total{result="nack"} 1
# HELP switchyard_xds_connected_gateways Gateway pods that take their configuration from this controller now.
# TYPE switchyard_xds_connected_gateways gauge
switchyard_xds_connected_gateways 1
# HELP switchyard_xds_publishes_total Configurations that were handed to this server, changed or not.
# TYPE switchyard_xds_publishes_total counter
switchyard_xds_publishes_total 2
# HELP switchyard_xds_resources_sent_total Listeners, routes and services that were sent to gateways, removals not counted.
# TYPE switchyard_xds_resources_sent_total counter
switchyard_xds_resources_sent_total 5
`
	if err := testutil.GatherAndCompare(r.metrics, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
	if _, err := New(Options{Registerer: r.metrics}); err == nil {
		t.Error("metrics of one name were registered twice")
	}
}

func FuzzWhatAGatewaySays(f *testing.F) {
	f.Add("edge-7d4b9c-x2x5z")
	f.Add("\x00\xff line\nbreak \u202e")
	f.Add(strings.Repeat("\u00e9", 600))
	f.Fuzz(func(t *testing.T, said string) {
		if p := pod(said); len(p) > maxPod || strings.ContainsFunc(p, func(r rune) bool { return r < '-' || r > 'z' }) {
			t.Errorf("a Pod is %q", p)
		}
		if why := refusal(said); len(why) > maxRefusal || why == "" || !utf8.ValidString(why) || strings.ContainsAny(why, "\n\x00\u202e") {
			t.Errorf("a refusal is %q", why)
		}
	})
}
