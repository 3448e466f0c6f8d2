package route

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/framing"
)

func TestChoose(t *testing.T) {
	older, younger := int64(1), int64(2)
	for name, tc := range map[string]struct {
		routes  []routed
		offered []string
		// The route and subprotocol chosen; no route is none.
		route, subprotocol string
	}{
		"the client's order counts, not the route's": {
			[]routed{route("r").on("any").serving("mqtt", "amqp")}, []string{"amqp", "mqtt"}, "r", "amqp"},
		"unknown offers are passed over": {
			[]routed{route("r").on("any").serving("mqtt")}, []string{"soap", "mqtt"}, "r", "mqtt"},
		"only unknown offers": {
			[]routed{route("r").on("any").serving("mqtt").fallback("s")}, []string{"soap"}, "", ""},
		"names have case": {
			[]routed{route("r").on("any").serving("mqtt")}, []string{"MQTT"}, "", ""},
		"no offer takes the fallback": {
			[]routed{route("r").on("any").serving("mqtt").fallback("s")}, nil, "r", ""},
		"no offer where there is no fallback": {
			[]routed{route("r").on("any").serving("mqtt")}, nil, "", ""},
		"an empty name is no way to the fallback": {
			[]routed{route("r").on("any").serving("mqtt").fallback("s")}, []string{""}, "", ""},
		"two routes serve a place together": {
			[]routed{route("a").on("any").serving("mqtt"), route("b").on("any").serving("amqp")}, []string{"amqp"}, "b", "amqp"},
		"the older route wins a subprotocol": {
			[]routed{route("a").on("any").created(younger), route("b").on("any").created(older)}, []string{"p"}, "b", "p"},
		"the lesser name wins between twins": {
			[]routed{route("b").on("any").created(older), route("a").on("any").created(older)}, []string{"p"}, "a", "p"},
		"the younger route keeps what the older does not serve": {
			[]routed{route("a").on("any").created(older), route("b").on("any").created(younger).serving("p", "q")}, []string{"q", "p"}, "b", "q"},
		"the older route wins the fallback": {
			[]routed{route("a").on("any").created(younger).fallback("s"), route("b").on("any").created(older).fallback("s")}, nil, "b", ""},
		"the fallback of a younger route where the older has none": {
			[]routed{route("a").on("any").created(older), route("b").on("any").created(younger).fallback("s")}, nil, "b", ""},
		"routes whose prefixes differ by a slash share a place": {
			[]routed{route("a").on("any").prefix("/").serving("q"), route("b").on("any").serving("p")}, []string{"p"}, "b", "p"},
		"routes at one path of different kinds do not share": {
			[]routed{route("a").on("any").exact("/").serving("q"), route("b").on("any").serving("p")}, []string{"p"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			place, ok := compile(t, tc.routes...).Lookup(all, "host", "/")
			if !ok {
				t.Fatal("no place")
			}
			c, ok := place.Choose(tc.offered)
			if ok != (tc.route != "") {
				t.Fatalf("chosen: %v, %v", ok, c)
			}
			if ok && (c.Route != tc.route || c.Subprotocol != tc.subprotocol) {
				t.Errorf("got %q of %q, want %q of %q", c.Subprotocol, c.Route, tc.subprotocol, tc.route)
			}
		})
	}
}

func TestAChoiceCarriesItsOwnRoutesTargetAndPolicy(t *testing.T) {
	a := route("a").on("any").serving("lines")
	a.Subprotocols[0].Target = &config.Target{
		Backends: []*config.Backend{{Service: "s1", Weight: 1}}, Framing: config.Framing_LINES, MessageType: config.MessageType_TEXT,
	}
	a.Attachments[0].Policy = &config.Policy{IdleTimeout: durationpb.New(time.Second)}
	a.on("one", "ws.example.com")
	b := route("b").on("any").serving("raw")
	table := compile(t, a, b)

	choose := func(listener, host, subprotocol string) *Choice {
		place, ok := table.Lookup([]string{listener}, host, "/")
		if !ok {
			t.Fatalf("nothing at %s", listener)
		}
		c, ok := place.Choose([]string{subprotocol})
		if !ok {
			t.Fatalf("no %s at %s", subprotocol, listener)
		}
		return c
	}
	lines, raw, elsewhere := choose("any", "x", "lines"), choose("any", "x", "raw"), choose("one", "ws.example.com", "lines")
	if got := lines.Target.Services(); !slices.Equal(got, []string{"s1"}) {
		t.Errorf("services %v", got)
	}
	if s := lines.Session; s.Framing != framing.Lines || !s.Text || s.Idle != time.Second {
		t.Errorf("engine %+v", s)
	}
	if lines.Listener != "any" || elsewhere.Listener != "one" {
		t.Errorf("listeners %q and %q", lines.Listener, elsewhere.Listener)
	}
	if lines.Policy.Idle != time.Second {
		t.Errorf("idle timeout %v", lines.Policy.Idle)
	}
	for _, other := range []*Choice{raw, elsewhere} {
		if other.Policy.Idle != time.Hour {
			t.Errorf("%s at %s has idle timeout %v", other.Route, other.Listener, other.Policy.Idle)
		}
	}
}

func TestSubprotocols(t *testing.T) {
	place, _ := compile(t, route("r").on("any").serving("b", "c", "a").fallback("s")).Lookup(all, "", "/")
	if got := place.Subprotocols(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("got %v", got)
	}
}
