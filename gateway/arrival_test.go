package gateway

import (
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard.dev/gateway/upstream"
)

func TestADialThatFailedIsAnsweredHonestly(t *testing.T) {
	for name, tc := range map[string]struct {
		err    error
		status int
		retry  bool
	}{
		"no endpoint":                          {err: upstream.ErrNoEndpoint, status: 503, retry: true},
		"the endpoint refuses":                 {err: upstream.ErrRefused, status: 502},
		"the endpoint is silent":               {err: upstream.ErrTimeout, status: 504},
		"the gateway has no more descriptors":  {err: syscall.EMFILE, status: 503, retry: true},
		"the gateway has no more ports to use": {err: syscall.EADDRNOTAVAIL, status: 503, retry: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := unreachable(fmt.Errorf("service %q: %w", "secret/name:1", tc.err))
			if r.Status != tc.status || (r.RetryAfter > 0) != tc.retry {
				t.Errorf("status %d, Retry-After %v", r.Status, r.RetryAfter)
			}
			if strings.Contains(r.Error(), "secret") {
				t.Errorf("the client is told %q", r.Error())
			}
		})
	}
}

func TestADialThatFailedCountsForItsRoute(t *testing.T) {
	g, err := New(Options{Admin: NoAdmin, DrainWindow: -1, Log: logr.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	defer g.stop()
	s := echoHere(t)
	s.Services[0].Endpoints = nil
	if err := g.Apply(s); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, g, "ws")
	io.WriteString(conn, handshakeBytes)
	want(t, conn, "HTTP/1.1 503 ", "the refusal")
	reg := prometheus.NewRegistry()
	reg.MustRegister(g.metrics)
	counted := `
# HELP switchyard_dial_failures_total Handshakes that were refused since no connection with the service came about, by the handshake's result.
# TYPE switchyard_dial_failures_total counter
switchyard_dial_failures_total{result="no_endpoint",route="echo",subprotocol=""} 1
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(counted), "switchyard_dial_failures_total"); err != nil {
		t.Error(err)
	}
}

func TestWhatWasOfferedIsShownUpToABound(t *testing.T) {
	many := strings.Split("a b c d e f g h i j", " ")
	for name, tc := range map[string]struct {
		offered []string
		want    string
	}{
		"nothing":   {nil, "no subprotocol was offered, and one is needed here"},
		"one":       {many[:1], "none of the offered subprotocols is served here: a"},
		"very many": {many, "none of the offered subprotocols is served here: a b c d e f g h ..."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := offer(tc.offered); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
