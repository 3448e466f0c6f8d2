package features

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// calls are what a replica asked of the API server, but for its lease, for watches,
// and for GatewayClasses: these are the whole cluster's, and every controller
// judges those of all tests.
type calls struct {
	mu  sync.Mutex
	all []string
	// last is when the last was made.
	last time.Time
}

// count is a transport that counts.
func (c *calls) count(next http.RoundTripper) http.RoundTripper {
	return transport(func(r *http.Request) (*http.Response, error) {
		if !strings.Contains(r.URL.Path, "/leases") && !strings.Contains(r.URL.Path, "/gatewayclasses") && r.URL.Query().Get("watch") == "" {
			c.mu.Lock()
			c.all, c.last = append(c.all, r.Method+" "+r.URL.Path), time.Now()
			c.mu.Unlock()
		}
		return next.RoundTrip(r)
	})
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// quiet is an error unless nothing was asked for so long.
func (c *calls) quiet(span time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if since := time.Since(c.last); since < span {
		return fmt.Errorf("%d calls, the last %v ago: %v", len(c.all), since, c.all[max(0, len(c.all)-3):])
	}
	return nil
}

// What replicas write is seen by all of them, and must not keep them writing.
func TestReplicasThatHaveNothingToDoAskNothing(t *testing.T) {
	w := newWorld(t)
	first := w.operator("controller-0")
	w.apply(edge)
	w.wantGateway("edge", accepted) // controller-0 leads
	replicas := []*operator{first, w.operator("controller-1"), w.operator("controller-2")}
	w.pod("edge", "edge-0", replicas[1].address)
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	// Reports are renewed every 10 s.
	const span = 3 * time.Second
	w.eventually(func() error {
		for _, o := range replicas {
			if err := o.calls.quiet(span); err != nil {
				return fmt.Errorf("%s: %w", o.name, err)
			}
		}
		return nil
	})
}
