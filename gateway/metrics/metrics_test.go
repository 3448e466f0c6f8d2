package metrics

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/internal/certtest"
	"switchyard.dev/gateway/session"
)

func TestBeforeAnythingHappened(t *testing.T) {
	want := map[string]float64{
		"switchyard_handshakes_total{result=ok}":              0,
		"switchyard_handshakes_total{result=no_route}":        0,
		"switchyard_config_applied_total{result=ok}":          0,
		"switchyard_config_applied_total{result=rejected}":    0,
		"switchyard_config_last_applied_timestamp_seconds{}":  0,
		"switchyard_access_log_dropped_total{}":               7,
		"switchyard_controller_connected{}":                   0,
		"switchyard_controller_connects_total{result=ok}":     0,
		"switchyard_controller_connects_total{result=failed}": 0,
		"switchyard_controller_disconnects_total{}":           0,
	}
	if diff := cmp.Diff(want, newBench(t).gather(t)); diff != "" {
		t.Errorf("unlike expected (-want +got):\n%s", diff)
	}
}

func TestASessionFromStartToEnd(t *testing.T) {
	b := newBench(t)
	live, over := newFake("iot/devices", "mqtt"), newFake("iot/devices", "mqtt")
	b.Handshake("ok")
	b.Dialled("iot/devices", "mqtt", 3*time.Millisecond)
	b.Unreachable("iot/devices", "mqtt", "no_route")
	b.start(live)
	b.start(over)
	live.bytes.Store(10)
	over.bytes.Store(100)
	b.end(over, session.ClientClose, 4321)
	b.Ended(&over.Session, session.End{Cause: session.Idle}, 0)
	b.Applied(snapshot(), time.UnixMilli(1_700_000_000_250))
	b.Rejected()
	b.Controller().Unreachable()
	b.Controller().Connected()
	b.Controller().Disconnected()
	b.Controller().Connected()
	b.Controller().Refused()

	const at = "route=iot/devices,subprotocol=mqtt}"
	want := map[string]float64{
		"switchyard_handshakes_total{result=ok}":                             1,
		"switchyard_handshakes_total{result=no_route}":                       0,
		"switchyard_config_applied_total{result=ok}":                         1,
		"switchyard_config_applied_total{result=rejected}":                   2,
		"switchyard_config_last_applied_timestamp_seconds{}":                 1_700_000_000.25,
		"switchyard_access_log_dropped_total{}":                              7,
		"switchyard_controller_connected{}":                                  1,
		"switchyard_controller_connects_total{result=ok}":                    2,
		"switchyard_controller_connects_total{result=failed}":                1,
		"switchyard_controller_disconnects_total{}":                          1,
		"switchyard_sessions_active{" + at:                                   1,
		"switchyard_sessions_total{" + at:                                    2,
		"switchyard_session_bytes_total{direction=in," + at:                  110,
		"switchyard_session_bytes_total{direction=out," + at:                 330,
		"switchyard_session_messages_total{direction=in," + at:               220,
		"switchyard_session_messages_total{direction=out," + at:              440,
		"switchyard_session_closes_total{cause=client_close,code=4xxx," + at: 1,
		"switchyard_session_duration_seconds{" + at:                          1,
		"switchyard_dial_duration_seconds{" + at:                             1,
		"switchyard_dial_failures_total{result=no_route," + at:               1,
	}
	if diff := cmp.Diff(want, b.gather(t)); diff != "" {
		t.Errorf("unlike expected (-want +got):\n%s", diff)
	}
}

func TestAWordOutsideTheClosedSetIsNotCounted(t *testing.T) {
	b := newBench(t)
	b.Handshake("what the client sent")
	b.Unreachable("a", "b", "what the client sent")
	for name, value := range b.gather(t) {
		if (strings.HasPrefix(name, handshakesTotal.name) || strings.HasPrefix(name, dialFailures.name)) && value != 0 {
			t.Errorf("%s is %v", name, value)
		}
	}
}

func TestRegisteringTwiceIsAnError(t *testing.T) {
	b := newBench(t)
	if _, err := New(b.gatherer, Sources{}); err == nil {
		t.Error("no error")
	}
}

func TestLabelsThatAreNoUTF8(t *testing.T) {
	b := newBench(t)
	b.start(newFake("a\xff", "b\xfe"))
	if got := b.gather(t)["switchyard_sessions_total{route=a\uFFFD,subprotocol=b\uFFFD}"]; got != 1 {
		t.Errorf("counted %v times", got)
	}
}

func TestCodeLabel(t *testing.T) {
	own := []uint16{1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}
	labels := map[string]int{}
	for code := range 1 << 16 {
		labels[codeLabel(uint16(code))]++
	}
	want := map[string]int{"3xxx": 1000, "4xxx": 1000, "other": 1<<16 - 2000 - len(own)}
	for _, code := range own {
		want[codeLabel(code)] = 1
	}
	if diff := cmp.Diff(want, labels); diff != "" {
		t.Errorf("unlike expected (-want +got):\n%s", diff)
	}
	for label, code := range map[string]uint16{"1000": 1000, "1006": 1006, "3xxx": 3999, "4xxx": 4000, "other": 1015} {
		if got := codeLabel(code); got != label {
			t.Errorf("%d is counted as %s, want %s", code, got, label)
		}
	}
}

func snapshot(routes ...*config.Route) *config.Snapshot { return &config.Snapshot{Routes: routes} }

func route(name string, fallback bool, subprotocols ...string) *config.Route {
	r := &config.Route{Name: name}
	for _, s := range subprotocols {
		r.Subprotocols = append(r.Subprotocols, &config.Subprotocol{Name: s})
	}
	if fallback {
		r.Fallback = &config.Target{}
	}
	return r
}

func TestRoutesThatAreGoneAreForgotten(t *testing.T) {
	b := newBench(t)
	stays, lives, gone := newFake("a", "x"), newFake("a", ""), newFake("b", "x")
	for _, s := range []*fake{stays, lives, gone} {
		b.start(s)
		b.Dialled(s.route, s.subprotocol, time.Second)
	}
	b.end(gone, session.Idle, 1001)

	b.Applied(snapshot(route("a", true, "x", "y"), route("b", false, "x")), began)
	b.wantPlaces(t, "all are served", "a/", "a/x", "b/x")
	b.Applied(snapshot(route("a", false, "x")), began)
	b.wantPlaces(t, "b is gone, a session lives on in the fallback of a", "a/", "a/x")
	b.end(lives, session.Idle, 1001)
	b.wantPlaces(t, "its end is still shown", "a/", "a/x")
	b.Applied(snapshot(route("a", false, "x")), began)
	b.wantPlaces(t, "and then forgotten", "a/x")
	b.Applied(snapshot(), began)
	b.wantPlaces(t, "a session lives on", "a/x")
}

// wantPlaces checks of which places anything at all is shown.
func (b *bench) wantPlaces(t *testing.T, when string, want ...string) {
	t.Helper()
	families, err := b.gatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range metric.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if r, ok := labels["route"]; ok {
				got[r+"/"+labels["subprotocol"]] = true
			}
		}
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func TestNamesAndHelpPassTheLinter(t *testing.T) {
	b := newBench(t)
	b.fillAll(t)
	problems, err := testutil.GatherAndLint(b.gatherer)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// fillAll makes every metric have a series.
func (b *bench) fillAll(t *testing.T) {
	chain, _ := certtest.New(t, "a")
	b.Applied(listeners(&config.Certificate{Name: "a", Chain: chain}), began)
	s := newFake("a", "b")
	b.start(s)
	b.Dialled("a", "b", time.Second)
	b.Unreachable("a", "b", "no_route")
	b.end(s, session.Idle, 1001)
}
