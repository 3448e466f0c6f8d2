package xds_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/go-logr/logr/funcr"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/xds"
	"switchyard.dev/test/controllertest"
	"switchyard.dev/test/gatewaytest"
)

// rig is a gateway that follows a controller.
type rig struct {
	*gatewaytest.Gateway
	controller *controllertest.Controller
	route      gatewaytest.Route
	log        *journal
	seen       *tally
}

// newRig has a gateway that serves nothing, and a service for it. The test calls
// follow.
func newRig(t *testing.T) *rig {
	t.Helper()
	yard := gatewaytest.New(t)
	return &rig{
		Gateway:    yard.Gateway(gatewaytest.Options{Unconfigured: true, DrainWindow: -1}),
		controller: controllertest.New(t),
		route:      gatewaytest.Route{Path: "/echo", Backends: []string{yard.Echo()}},
		log:        new(journal), seen: new(tally),
	}
}

// follow runs a client until the end of the test.
func (r *rig) follow(t *testing.T, change ...func(*xds.Options)) {
	t.Helper()
	o := xds.Options{
		Address: r.controller.Address, Certificates: r.controller.Certificates.Folder, Node: "gateway-1",
		Apply: r.Gateway.Gateway.Apply, Observer: r.seen,
		Log: funcr.New(func(_, args string) { r.log.add(args) }, funcr.Options{}),
	}
	for _, f := range change {
		f(&o)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		xds.New(o).Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		if t.Failed() {
			t.Log("the client's log:\n" + r.log.String())
		}
	})
}

// wantTaken is the next exchange, which is an ACK.
func (r *rig) wantTaken(t *testing.T) controllertest.Exchange {
	t.Helper()
	e := r.controller.Next(t)
	if e.Refused != "" {
		t.Errorf("refused: %s", e.Refused)
	}
	return e
}

// wantRefused is the next exchange, which is a NACK that says what.
func (r *rig) wantRefused(t *testing.T, what string) controllertest.Exchange {
	t.Helper()
	e := r.controller.Next(t)
	if !strings.Contains(e.Refused, what) {
		t.Errorf("answered %q, want a refusal with %s", e.Refused, what)
	}
	return e
}

func (r *rig) wantEcho(t *testing.T, path string) {
	t.Helper()
	c := r.Open(t, gatewaytest.Plain, path)
	wantAnswer(c, path)
	c.Bye()
}

func wantAnswer(c *gatewaytest.Client, text string) {
	c.Send(gatewaytest.Text(text))
	c.WantData(gatewaytest.OpBinary, []byte(text))
}

// two is the configuration with a second route, whose service has an endpoint of
// its own.
func (r *rig) two(t *testing.T, endpoint string) *config.Snapshot {
	t.Helper()
	return r.Snapshot(r.route, gatewaytest.Route{Path: "/other", Backends: []string{endpoint}})
}

// journal is a client's log.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

// tally is an xds.Observer.
type tally struct {
	mu sync.Mutex
	tallied
}

type tallied struct{ connected, disconnected, unreachable, refused int }

func (t *tally) add(count func(*tallied)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	count(&t.tallied)
}

func (t *tally) Connected()    { t.add(func(t *tallied) { t.connected++ }) }
func (t *tally) Disconnected() { t.add(func(t *tallied) { t.disconnected++ }) }
func (t *tally) Unreachable()  { t.add(func(t *tallied) { t.unreachable++ }) }
func (t *tally) Refused()      { t.add(func(t *tallied) { t.refused++ }) }

// so far.
func (t *tally) soFar() tallied {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tallied
}
