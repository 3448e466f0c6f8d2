package xds_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/xds"
	"switchyard.dev/test/controllertest"
	"switchyard.dev/test/gatewaytest"
)

// Names of resources, as in rig.two.
const (
	plain        = "listener/" + gatewaytest.PlainListener
	secure       = "listener/" + gatewaytest.SecureListener
	echoRoute    = "route/test/echo"
	echoService  = "service/test/echo:1"
	otherRoute   = "route/test/other"
	otherService = "service/test/other:1"
)

func wantExchange(t *testing.T, got, want controllertest.Exchange) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unlike expected (-want +got):\n%s", diff)
	}
}

func TestTheFirstConfigurationMakesAGatewayReady(t *testing.T) {
	r := newRig(t)
	r.follow(t)
	gatewaytest.Eventually(t, "the gateway is connected", func() bool { return r.controller.Open() == 1 })
	if r.Ready() == nil {
		t.Error("it is ready with no configuration")
	}
	r.controller.Set(r.Snapshot(r.route))
	wantExchange(t, r.wantTaken(t), controllertest.Exchange{Sent: []string{plain, secure, echoRoute, echoService}})
	if err := r.Ready(); err != nil {
		t.Error(err)
	}
	r.wantEcho(t, "/echo")
	if q := r.controller.Subscriptions()[0]; q.GetNode().GetId() != "gateway-1" || q.GetTypeUrl() != config.ResourceType {
		t.Errorf("subscribed with %v", q)
	}
}

func TestAnEmptyConfigurationIsOne(t *testing.T) {
	r := newRig(t)
	r.controller.Set(new(config.Snapshot))
	r.follow(t)
	wantExchange(t, r.wantTaken(t), controllertest.Exchange{})
	if err := r.Ready(); err != nil {
		t.Error(err)
	}
}

func TestWhatChangesIsSentAlone(t *testing.T) {
	r := newRig(t)
	r.controller.Set(r.two(t, "127.0.0.1:1"))
	r.follow(t)
	r.wantTaken(t)
	r.controller.Set(r.two(t, "127.0.0.1:2"))
	wantExchange(t, r.wantTaken(t), controllertest.Exchange{Sent: []string{otherService}})
	if got := r.Config().GetServices()[1].GetEndpoints()[0].GetPort(); got != 2 {
		t.Errorf("the endpoint served has port %d, want 2", got)
	}
	r.controller.Set(r.Snapshot(r.route))
	wantExchange(t, r.wantTaken(t), controllertest.Exchange{Removed: []string{otherRoute, otherService}})
	if a := r.Connect(t, gatewaytest.Plain).Ask(gatewaytest.Upgrade("/other")); a.StatusCode != http.StatusNotFound {
		t.Errorf("a route that was removed is answered with %s", a.Status)
	}
	r.wantEcho(t, "/echo")
}

func TestWhatIsRefusedLeavesTheOldInForceAndIsHealed(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, tc := range map[string]struct {
		spoil   func(*config.Snapshot)
		want    string
		spoiled string
		refused int
	}{
		"what is not valid": {
			spoil:   func(s *config.Snapshot) { s.Routes[1].Path.Value = "no path" },
			want:    `route "test/other": path.value "no path": want a path`,
			spoiled: otherRoute, refused: 1,
		},
		"what the host does not allow": {
			spoil: func(s *config.Snapshot) {
				s.Listeners = append(s.Listeners, &config.Listener{
					Name: "test/taken", Address: "127.0.0.1", Port: uint32(taken.Addr().(*net.TCPAddr).Port),
				})
			},
			want:    `open listeners: listener "test/taken"`,
			spoiled: "listener/test/taken",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.controller.Set(r.Snapshot(r.route))
			r.follow(t)
			r.wantTaken(t)
			live := r.Open(t, gatewaytest.Plain, "/echo")

			bad := r.two(t, r.route.Backends[0])
			tc.spoil(bad)
			r.controller.Set(bad)
			e := r.wantRefused(t, tc.want)
			r.wantEcho(t, "/echo")
			if a := r.Connect(t, gatewaytest.Plain).Ask(gatewaytest.Upgrade("/other")); a.StatusCode != http.StatusNotFound {
				t.Errorf("what was refused is answered with %s", a.Status)
			}
			if got := r.seen.soFar().refused; got != tc.refused {
				t.Errorf("%d were refused before Apply, want %d", got, tc.refused)
			}

			// What was sound in it is not sent again.
			r.controller.Set(r.two(t, r.route.Backends[0]))
			healed := r.wantTaken(t)
			if got := strings.Join(append(healed.Sent, healed.Removed...), " "); got != tc.spoiled {
				t.Errorf("healed by %s, want %s; the bad one had %v", got, tc.spoiled, e.Sent)
			}
			r.wantEcho(t, "/other")
			wantAnswer(live, "still here")
			live.Bye()
		})
	}
}

func TestAControllerThatComesBackSendsOnlyWhatDiffers(t *testing.T) {
	r := newRig(t)
	r.controller.Set(r.two(t, "127.0.0.1:1"))
	r.follow(t)
	r.wantTaken(t)
	live := r.Open(t, gatewaytest.Plain, "/echo")

	r.controller.Stop()
	gatewaytest.Eventually(t, "the gateway tries to reach it", func() bool { return r.seen.soFar().unreachable > 0 })
	wantAnswer(live, "the controller is away")
	r.wantEcho(t, "/echo")
	r.controller.Set(r.two(t, "127.0.0.1:2"))
	r.controller.Start()
	wantExchange(t, r.wantTaken(t), controllertest.Exchange{Sent: []string{otherService}})
	if got := len(r.controller.Subscriptions()[1].GetInitialResourceVersions()); got != 6 {
		t.Errorf("it told %d versions, want 6", got)
	}

	r.controller.Stop()
	r.controller.Start()
	wantExchange(t, r.wantTaken(t), controllertest.Exchange{})
	wantAnswer(live, "the controller was away")
	live.Bye()
	if got := r.seen.soFar(); got.connected != 3 || got.disconnected != 2 {
		t.Errorf("counted %+v", got)
	}
}

// The controller may be another one, that does not know of the refusal.
func TestARefusalIsToldToEveryController(t *testing.T) {
	r := newRig(t)
	bad := r.Snapshot(r.route)
	bad.Routes[0].Path.Value = "no path"
	r.controller.Set(bad)
	r.follow(t)
	r.wantRefused(t, "no path")
	r.controller.Stop()
	r.controller.Start()
	e := r.wantRefused(t, "no path")
	if len(e.Sent) != 0 {
		t.Errorf("it was sent %v again", e.Sent)
	}
	if r.Ready() == nil {
		t.Error("it is ready with a configuration that it refused")
	}
}

func TestWhatIsServedAlreadyIsNotSent(t *testing.T) {
	first := newRig(t)
	first.controller.Set(first.two(t, "127.0.0.1:1"))
	var served *config.Snapshot
	var versions map[string]string
	told := make(chan struct{}, 1)
	first.follow(t, func(o *xds.Options) {
		o.Applied = func(s *config.Snapshot, v map[string]string) {
			served, versions = s, v
			told <- struct{}{}
		}
	})
	first.wantTaken(t)
	<-told

	for name, tc := range map[string]struct {
		endpoint string
		want     controllertest.Exchange
		applied  int
	}{
		"where something differs": {"127.0.0.1:2", controllertest.Exchange{Sent: []string{otherService}}, 1},
		"nor applied again":       {"127.0.0.1:1", controllertest.Exchange{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			second := newRig(t)
			second.controller.Set(first.two(t, tc.endpoint))
			applied := 0 // before the answer
			second.follow(t, func(o *xds.Options) {
				o.Serving, o.Versions = served, versions
				o.Apply = func(*config.Snapshot) error { applied++; return nil }
			})
			wantExchange(t, second.wantTaken(t), tc.want)
			if applied != tc.applied {
				t.Errorf("applied %d times, want %d", applied, tc.applied)
			}
		})
	}
}
