package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchyard.dev/gateway/keep"
	"switchyard.dev/test/gatewaytest"
)

func TestAGatewayIsReadyWithItsFirstConfiguration(t *testing.T) {
	s := newSite(t)
	s.start(t, "--node", "gateway-1")
	s.wantReady(t, http.StatusServiceUnavailable)
	gatewaytest.Eventually(t, "it follows its controller", func() bool {
		_, body := s.ask(t, "/metrics")
		return strings.Contains(body, "switchyard_controller_connected 1")
	})
	s.controller.Set(s.Snapshot(s.route))
	s.wantTaken(t)
	s.wantReady(t, http.StatusOK)
	s.wantEcho(t, "/echo")
	if got := s.controller.Subscriptions()[0].GetNode().GetId(); got != "gateway-1" {
		t.Errorf("the controller knows it as %s", got)
	}
}

func TestADrainingGatewayHasLeftItsController(t *testing.T) {
	s := newSite(t)
	p := s.start(t, "--drain-timeout", gatewaytest.Patience.String())
	s.controller.Set(s.Snapshot(s.route))
	s.wantTaken(t)
	session := s.Open(t, gatewaytest.Plain, "/echo")
	p.stop()
	session.WantClose(1001, "drain")
	gatewaytest.Eventually(t, "the controller sees it leave", func() bool { return s.controller.Open() == 0 })
	session.Send(gatewaytest.Close(1001, ""))
	session.WantEnd()
	p.access.WantCause(t, 0, "drain")
}

func TestWhatWasKeptServesWhileTheControllerIsAway(t *testing.T) {
	s := newSite(t)
	p := s.start(t, "--keep", s.keep)
	s.controller.Set(s.Snapshot(s.route))
	s.wantTaken(t)
	p.end()
	s.controller.Stop()

	p = s.start(t, "--keep", s.keep)
	s.wantReady(t, http.StatusOK)
	s.wantEcho(t, "/echo")
	p.log.wait(t, "Cannot reach the controller")

	s.controller.Set(s.Snapshot(s.route, gatewaytest.Route{Path: "/new", Backends: s.route.Backends}))
	s.controller.Start()
	e := s.wantTaken(t)
	if want := []string{"route/test/new", "service/test/new:1"}; !slices.Equal(e.Sent, want) || len(e.Removed) != 0 {
		t.Errorf("sent %v, removed %v, want %v alone", e.Sent, e.Removed, want)
	}
	s.wantEcho(t, "/new")
	p.end()

	// What the stop left is the newest.
	s.controller.Stop()
	s.start(t, "--keep", s.keep)
	s.wantReady(t, http.StatusOK)
	s.wantEcho(t, "/new")
}

func TestWhatWasKeptAndCannotServeIsIgnored(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(t *testing.T, s *site)
		want  string
	}{
		"damaged": {
			spoil: func(t *testing.T, s *site) {
				path := filepath.Join(s.keep, "configuration")
				content, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				content[len(content)-1] ^= 1
				if err := os.WriteFile(path, content, 0o600); err != nil {
					t.Fatal(err)
				}
			},
			want: "it is damaged",
		},
		"not valid": {
			spoil: func(t *testing.T, s *site) {
				bad := s.Snapshot(s.route)
				bad.Routes[0].Path.Value = "no path"
				versions := map[string]string{}
				for name := range bad.Resources() {
					versions[name] = "1"
				}
				k, err := keep.Open(s.keep)
				if err != nil {
					t.Fatal(err)
				}
				k.Put(bad, versions)
				k.Run(ended(t), func(err error) { t.Error(err) })
			},
			want: "no path",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			p := s.start(t, "--keep", s.keep)
			s.controller.Set(s.Snapshot(s.route))
			s.wantTaken(t)
			p.end()
			s.controller.Stop()
			tc.spoil(t, s)

			p = s.start(t, "--keep", s.keep)
			p.log.wait(t, "kept configuration is ignored")
			p.log.wait(t, tc.want)
			s.wantReady(t, http.StatusServiceUnavailable)
			s.controller.Start()
			if e := s.wantTaken(t); len(e.Sent) != 4 {
				t.Errorf("sent %v, want everything", e.Sent)
			}
			s.wantReady(t, http.StatusOK)
			s.wantEcho(t, "/echo")
		})
	}
}
