package gateway_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway"
	"switchyard.dev/gateway/config"
	"switchyard.dev/test/gatewaytest"
)

func TestAConfigurationThatIsRefusedLeavesTheOldInForce(t *testing.T) {
	yard := gatewaytest.New(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	echo := gatewaytest.Route{Path: "/echo", Backends: []string{yard.Echo()}}
	g := yard.Gateway(gatewaytest.Options{Routes: []gatewaytest.Route{echo}})
	live := g.Open(t, gatewaytest.Plain, "/echo")
	old := g.Config()

	for name, tc := range map[string]struct {
		spoil func(*config.Snapshot)
		want  string
	}{
		"a route that does not compile": {
			spoil: func(s *config.Snapshot) { s.Routes[0].Path.Value = "no path" },
			want:  `compile routes: route "test/other"`,
		},
		"a port that somebody else has": {
			spoil: func(s *config.Snapshot) {
				s.Listeners = append(s.Listeners, &config.Listener{
					Name: "test/gateway/taken", Address: "127.0.0.1", Port: uint32(taken.Addr().(*net.TCPAddr).Port),
				})
			},
			want: `open listeners: listener "test/gateway/taken"`,
		},
		"a listener's TLS that does not compile": {
			spoil: func(s *config.Snapshot) {
				for i, l := range s.Listeners {
					if l.Tls != nil {
						s.Listeners[i] = proto.CloneOf(l)
						s.Listeners[i].Tls.Certificates[0].Key = nil
					}
				}
			},
			want: `open listeners: listener "` + gatewaytest.SecureListener + `"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := proto.CloneOf(g.Snapshot(gatewaytest.Route{Path: "/other", Backends: echo.Backends}))
			tc.spoil(s)
			if err := g.Gateway.Apply(s); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Fatalf("error %v, want %s…", err, tc.want)
			}
			if g.Config() != old || g.Ready() != nil || len(g.Addrs()) != len(old.Listeners) {
				t.Errorf("the configuration, %v and the listeners %v are not what they were", g.Ready(), g.Addrs())
			}
			for _, via := range gatewaytest.Transports() {
				g.Open(t, via, "/echo").Bye()
				if a := g.Connect(t, via).Ask(gatewaytest.Upgrade("/other")); a.StatusCode != http.StatusNotFound {
					t.Errorf("the refused configuration's route is answered with %s", a.Status)
				}
			}
			live.Send(gatewaytest.Binary([]byte("still here")))
			live.WantData(gatewaytest.OpBinary, []byte("still here"))
		})
	}
	live.Bye()
}

func TestEndpointsThatMoveAloneAreFollowed(t *testing.T) {
	yard := gatewaytest.New(t)
	before, after := yard.Script(), yard.Script()
	route := gatewaytest.Route{Path: "/script", Backends: []string{before.Addr}}
	g := yard.Gateway(gatewaytest.Options{Routes: []gatewaytest.Route{route}})
	old := g.Open(t, gatewaytest.Plain, "/script")
	oldService := before.Accept(t)

	route.Backends = []string{after.Addr}
	next := g.Snapshot(route)
	// As a gateway has it that is told of the service alone.
	next.Listeners, next.Routes = g.Config().GetListeners(), g.Config().GetRoutes()
	if err := g.Gateway.Apply(next); err != nil {
		t.Fatal(err)
	}
	if g.Config() != next {
		t.Error("what is served is not what was applied")
	}
	fresh := g.Open(t, gatewaytest.Plain, "/script")
	freshService := after.Accept(t)
	for _, s := range []*gatewaytest.Service{freshService, oldService} {
		s.Send([]byte("here"))
		s.Finish()
	}
	for _, c := range []*gatewaytest.Client{fresh, old} {
		c.WantData(gatewaytest.OpBinary, []byte("here"))
		c.WantClose(1000, "backend_eof")
		c.Send(gatewaytest.Close(1000, ""))
		c.WantEnd()
	}
}

func TestListenersChangeUnderLiveSessions(t *testing.T) {
	yard := gatewaytest.New(t)
	echo := gatewaytest.Route{Path: "/echo", Backends: []string{yard.Echo()}}
	g := yard.Gateway(gatewaytest.Options{Routes: []gatewaytest.Route{echo}})
	var live []*gatewaytest.Client
	for _, via := range gatewaytest.Transports() {
		live = append(live, g.Open(t, via, "/echo"))
	}
	apply := func(listeners ...*config.Listener) {
		t.Helper()
		s := new(config.Snapshot)
		if len(listeners) > 0 {
			s = g.Snapshot(echo)
			s.Listeners = listeners
		}
		if err := g.Gateway.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	stillLive := func(after string) {
		t.Helper()
		for _, c := range live {
			c.Send(gatewaytest.Binary([]byte(after)))
			c.WantData(gatewaytest.OpBinary, []byte(after))
		}
	}
	all := g.Snapshot(echo).Listeners

	swapped := []*config.Listener{proto.CloneOf(all[0]), proto.CloneOf(all[1])}
	swapped[0].Tls, swapped[1].Tls = swapped[1].Tls, swapped[0].Tls
	apply(swapped...)
	stillLive("TLS went to the other port")
	secured, err := tls.Dial("tcp", g.Addr(gatewaytest.Plain), g.ClientTLS())
	if err != nil {
		t.Fatalf("the port that has TLS now: %v", err)
	}
	defer secured.Close()

	apply()
	stillLive("the ports are closed")
	if _, err := net.Dial("tcp", g.Addr(gatewaytest.Plain)); err == nil {
		t.Error("a port that is gone accepts")
	}

	apply(all...)
	stillLive("the ports are open again")
	for i, via := range gatewaytest.Transports() {
		g.Open(t, via, "/echo").Bye()
		live[i].Bye()
	}
}

func TestAnUnconfiguredGatewayIsNotReady(t *testing.T) {
	gatewaytest.New(t)
	g, err := gateway.New(gateway.Options{Log: logr.Discard(), Admin: gateway.NoAdmin})
	if err != nil {
		t.Fatal(err)
	}
	if g.Ready() == nil {
		t.Error("it is ready with no configuration")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	g.Run(stopped)
}

func TestAGatewayThatCannotBeMadeLeavesNothingBehind(t *testing.T) {
	gatewaytest.New(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = gateway.New(gateway.Options{
		Log: logr.Discard(), Admin: taken.Addr().String(), AccessLog: io.Discard, Plain: http.NewServeMux(),
	})
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("error %v, want the address to be in use", err)
	}
}

func TestAStoppingGatewayLetsItsLastAnswerArrive(t *testing.T) {
	g, err := gateway.New(gateway.Options{Log: logr.Discard(), Admin: gateway.NoAdmin, DrainWindow: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Apply(&config.Snapshot{Listeners: []*config.Listener{{Name: "ws", Address: "127.0.0.1"}}}); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", g.Addrs()["ws"].String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(conn, first); err != nil { // it is being answered
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	// The client has not ended its side: until then, or a bound, it is waited for.
	rest, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(first)+string(rest), "HTTP/1.1 426 ") {
		t.Errorf("answered %q, %v", rest, err)
	}
	select {
	case err := <-done:
		t.Errorf("the gateway has gone already: %v", err)
	default:
	}
	conn.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
