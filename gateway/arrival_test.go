package gateway

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway/route"
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
			a := &arrival{g: &Gateway{log: logr.Discard()}}
			r := a.unreachable(&route.Choice{}, fmt.Errorf("service %q: %w", "secret/name:1", tc.err))
			if r.Status != tc.status || (r.RetryAfter > 0) != tc.retry {
				t.Errorf("status %d, Retry-After %v", r.Status, r.RetryAfter)
			}
			if strings.Contains(r.Error(), "secret") {
				t.Errorf("the client is told %q", r.Error())
			}
		})
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
