package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	. "switchyard.dev/test/gatewaytest"
)

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

func TestTheAdminListenerShowsWhatIsServed(t *testing.T) {
	l := newLaptop(t, (*Yard).Echo)
	l.gateway(t, overPlain, "")
	l.start(t)
	session := l.open(t, nil)
	wantEcho(t, session, "hello")
	for path, want := range map[string]string{
		"/healthz":      "",
		"/readyz":       "",
		"/metrics":      `switchyard_sessions_active{route="default/it",subprotocol=""} 1`,
		"/sessions":     `"default/it"`,
		"/routes":       "default/backend",
		"/config":       "default/backend",
		"/debug/pprof/": "goroutine",
	} {
		if status, body := get(t, "http://"+l.admin+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, want 200 and %s in\n%s", path, status, want, body)
		}
	}
	session.Bye()
	l.access.WantCause(t, 0, "client_close")
}

func TestTheConsoleIsServedUnlessToldNotTo(t *testing.T) {
	for name, tc := range map[string]struct {
		flags  []string
		status int
		body   string
	}{
		"by default":      {nil, http.StatusOK, "<!doctype html>"},
		"--console=false": {[]string{"--console=false"}, http.StatusUpgradeRequired, "websocket"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLaptop(t, (*Yard).Echo)
			l.gateway(t, overPlain, "")
			l.start(t, tc.flags...)
			if status, body := get(t, "http://"+l.address+"/"); status != tc.status || !strings.Contains(body, tc.body) {
				t.Errorf("status %d, want %d and %s in\n%s", status, tc.status, tc.body, body)
			}
		})
	}
}

func TestASignalStopsGracefully(t *testing.T) {
	l := newLaptop(t, (*Yard).Echo)
	l.gateway(t, overPlain, "")
	l.start(t)
	session := l.open(t, nil)
	wantEcho(t, session, "hello")
	l.stop()
	session.WantClose(1001, "drain")
	session.Send(Close(1001, ""))
	session.WantEnd()
	l.access.WantCause(t, 0, "drain")
}

func TestEndpointsComeFromEndpointSlices(t *testing.T) {
	l := newLaptop(t, (*Yard).Echo)
	_, port, err := net.SplitHostPort(l.Echo())
	if err != nil {
		t.Fatal(err)
	}
	l.gateway(t, overPlain, "")
	l.write(t, "service.yaml", `
apiVersion: v1
kind: Service
metadata: {name: backend}
spec: {ports: [{port: 7}]}
---
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: it}
spec: {fallback: {backendRefs: [{name: backend, port: 7}]}}
`)
	l.start(t)
	wantStatus(t, l.connect(t, nil).Ask(Upgrade("/")), http.StatusServiceUnavailable)
	l.write(t, "endpoints.yaml", `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: backend-1, labels: {kubernetes.io/service-name: backend}}
addressType: IPv4
ports: [{name: "", port: `+port+`}]
endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
`)
	Eventually(t, "an endpoint is there", func() bool {
		return l.connect(t, nil).Ask(Upgrade("/")).StatusCode == http.StatusSwitchingProtocols
	})
}
