package xds

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/gateway/config"
)

func TestAGatewayIsSentWhatChanged(t *testing.T) {
	r := start(t)
	s := sample(3, 2)
	r.publishEdge(s)
	c := r.connect(edge, "edge-1")
	c.subscribe()
	if brought, removed := c.take(); !slices.Equal(brought, names(s)) || len(removed) > 0 {
		t.Fatalf("first: %v, removed %v", brought, removed)
	}
	c.ack()
	c.wantHeld(s)
	for _, tc := range []struct {
		what          string
		change        func(*config.Snapshot)
		brought, gone []string
	}{
		{"one endpoint is one resource", func(s *config.Snapshot) { s.Services[1].Endpoints[0].Address = "10.9.9.9" },
			[]string{"service/app/service-00001:1883"}, nil},
		{"a new route is itself", func(s *config.Snapshot) { s.Routes = append(s.Routes, &config.Route{Name: "app/z"}) },
			[]string{"route/app/z"}, nil},
		{"a route that is gone is named", func(s *config.Snapshot) { s.Routes = s.Routes[1:] },
			nil, []string{"route/app/route-00000"}},
		{"a change of several arrives whole", func(s *config.Snapshot) {
			s.Listeners[0].Port = 81
			s.Routes[0].Path.Value = "/x"
			s.Services = s.Services[:1]
		}, []string{"listener/infra/edge/ws", "route/app/route-00001"}, []string{"service/app/service-00001:1883"}},
	} {
		s = clone(s)
		tc.change(s)
		r.publishEdge(s)
		if brought, gone := c.take(); !slices.Equal(brought, tc.brought) || !slices.Equal(gone, tc.gone) {
			t.Errorf("%s: brought %v, removed %v", tc.what, brought, gone)
		}
		c.ack()
		c.wantHeld(s)
	}
}

func TestNothingIsSentWhereNothingChanged(t *testing.T) {
	r := start(t)
	s := sample(3, 2)
	first := r.publishEdge(s)
	c := r.join(edge, "edge-1")
	for _, same := range []*config.Snapshot{s, clone(s), s} {
		if again := r.publishEdge(same); again != first {
			t.Errorf("the digest was %s and is %s", first, again)
		}
	}
	other := clone(s)
	other.Routes = other.Routes[:1]
	r.publishEdge(other)
	if _, gone := c.take(); len(gone) != 2 {
		t.Errorf("what comes next is not the next change: %v", c.last)
	}
}

func TestOneWhoComesBackIsSentTheDifference(t *testing.T) {
	r := start(t)
	s := sample(3, 2)
	digest := r.publishEdge(s)
	c := r.join(edge, "edge-1")
	r.wantReports(Report{Gateway: edge, Pod: "edge-1", Digest: digest})

	t.Run("nothing, and yet it counts as having taken all", func(t *testing.T) {
		c.end()
		r.wantReports()
		back := r.connect(edge, "edge-1")
		back.versions = c.versions
		back.subscribe()
		if brought, removed := back.take(); len(brought)+len(removed) > 0 {
			t.Errorf("brought %v, removed %v", brought, removed)
		}
		r.wantReports(Report{Gateway: edge, Pod: "edge-1"})
		back.ack()
		r.wantReports(Report{Gateway: edge, Pod: "edge-1", Digest: digest})
		back.end()
		r.wantReports()
	})
	t.Run("one resource that changed, one that is gone", func(t *testing.T) {
		s = clone(s)
		s.Routes[0].Path.Value = "/x"
		s.Services = s.Services[:1]
		r.publishEdge(s)
		back := r.connect(edge, "edge-1")
		back.versions, back.held = c.versions, c.held
		back.subscribe()
		brought, removed := back.take()
		if !slices.Equal(brought, []string{"route/app/route-00000"}) || !slices.Equal(removed, []string{"service/app/service-00001:1883"}) {
			t.Errorf("brought %v, removed %v", brought, removed)
		}
		back.wantHeld(s)
	})
}

func TestASlowClientSkipsToTheNewest(t *testing.T) {
	r := start(t)
	s := sample(2, 1)
	r.publishEdge(s)
	c := r.connect(edge, "edge-1")
	c.subscribe()
	c.take()
	for i := range 100 {
		s = clone(s)
		s.Routes[0].Path.Value = "/" + strings.Repeat("x", i)
		s.Services[0].Endpoints[0].Port = uint32(2000 + i)
		r.publishEdge(s)
	}
	c.ack()
	brought, _ := c.take()
	if want := []string{"route/app/route-00000", "service/app/service-00000:1883"}; !slices.Equal(brought, want) {
		t.Errorf("brought %v, want %v", brought, want)
	}
	c.wantHeld(s)
}

func TestAGatewayThatIsNoLongerPublishedIsCutOff(t *testing.T) {
	r := start(t)
	s := sample(1, 1)
	r.publish(map[types.NamespacedName]*config.Snapshot{edge: s, inner: s})
	one, other := r.join(edge, "edge-1"), r.join(inner, "inner-1")
	s = clone(s)
	s.Routes[0].Path.Value = "/x"
	r.publish(map[types.NamespacedName]*config.Snapshot{inner: s})
	one.wantEnd(codes.NotFound, "Gateway infra/edge is not served by this controller")
	other.take()
	other.wantHeld(s)
	other.ack()
	// Back again, it begins anew.
	r.publish(map[types.NamespacedName]*config.Snapshot{edge: s, inner: s})
	r.join(edge, "edge-1").wantHeld(s)
}

func TestASnapshotThatCannotBeSentLeavesTheOneBefore(t *testing.T) {
	r := start(t)
	sound := sample(1, 1)
	r.publish(map[types.NamespacedName]*config.Snapshot{edge: sound})
	bad := clone(sound)
	bad.Routes[0].Path.Value = "\xff"
	digests, err := r.Publish(map[types.NamespacedName]*config.Snapshot{edge: bad, inner: sound})
	if err == nil || !strings.HasPrefix(err.Error(), "publish Gateway infra/edge: route/app/route-00000: ") {
		t.Errorf("got %v", err)
	}
	if _, there := digests[edge]; there || digests[inner] == "" {
		t.Errorf("digests are %v", digests)
	}
	r.join(edge, "edge-1").wantHeld(sound)
	r.join(inner, "inner-1").wantHeld(sound)
	if _, err := r.Publish(map[types.NamespacedName]*config.Snapshot{{Namespace: "a", Name: "b"}: bad}); err == nil {
		t.Error("no error")
	}
	r.connect(types.NamespacedName{Namespace: "a", Name: "b"}, "x").wantEnd(codes.NotFound, "Gateway a/b is not served by this controller")
}
