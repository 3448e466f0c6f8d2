package soak

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"

	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	streamPath = "/stream"
	backends   = 3
	// A swap about every tenth of a second; a backend dies about every three.
	maxSwapPause = 200 * time.Millisecond
	killOneIn    = 30
	badOneIn     = 10
	maxNoise     = 20
	// rampUp spreads the first handshakes.
	rampUp = 2 * time.Second
	// maxErrors bounds what a failing run prints.
	maxErrors = 20
	// descriptors of one session in this process: client, gateway twice, service.
	descriptors = 4
)

// States of a session as its service knows it.
const (
	alive = "alive"
	dead  = "dead"
)

// run is one soak.
type run struct {
	seed    uint64
	last    time.Duration
	gateway *Gateway
	killing []*backend
	ids     atomic.Uint64
	stop    chan struct{}
	// kills is how often a backend died; sessions is who has reached a service,
	// and whether it was killed there.
	kills    atomic.Int64
	sessions sync.Map

	mu     sync.Mutex
	errs   []error
	closes map[string]int
}

func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	count, last := 2000, 20*time.Second
	if raceDetector {
		count, last = 400, 15*time.Second
	}
	count = int(setting(t, "SOAK_SESSIONS", uint64(count)))
	last = time.Duration(setting(t, "SOAK_FOR", uint64(last/time.Second))) * time.Second
	r := &run{seed: setting(t, "SOAK_SEED", uint64(time.Now().UnixNano())), last: last, stop: make(chan struct{}), closes: map[string]int{}}
	count = min(count, affordable(t))
	t.Logf("SOAK_SEED=%d SOAK_SESSIONS=%d SOAK_FOR=%d", r.seed, count, last/time.Second)

	y := New(t)
	var addresses []string
	for range backends {
		b := &backend{run: r, open: map[*net.TCPConn]uint64{}}
		r.killing = append(r.killing, b)
		addresses = append(addresses, y.Serve(b.serve))
	}
	r.gateway = y.Gateway(Options{Routes: []Route{r.route(addresses)}, DrainWindow: time.Second, DrainTimeout: Patience})
	r.live(t, count, addresses)
	r.report(t)
}

// live keeps count sessions going until time is up, then stops the gateway
// under them and waits for all.
func (r *run) live(t *testing.T, count int, addresses []string) {
	var workers, disturbers sync.WaitGroup
	for i := range count {
		workers.Go(func() {
			ramp := rand.New(rand.NewPCG(r.seed, uint64(i)))
			r.sleep(time.Duration(ramp.Int64N(int64(rampUp))))
			for !r.stopping() {
				if err := r.session(r.ids.Add(1)); err != nil {
					r.fail(err)
				}
			}
		})
	}
	disturbers.Go(func() { r.disturb(addresses) })
	<-time.After(r.last)
	close(r.stop)
	disturbers.Wait()
	r.gateway.Stop(t)
	workers.Wait()
}

// disturb swaps configurations and kills backends until the end.
func (r *run) disturb(addresses []string) {
	random := rand.New(rand.NewPCG(r.seed, 0))
	for r.sleep(time.Duration(random.Int64N(int64(maxSwapPause)))) {
		if random.IntN(killOneIn) == 0 {
			r.kills.Add(1)
			r.killing[random.IntN(backends)].kill()
		}
		if random.IntN(badOneIn) == 0 {
			if err := r.gateway.Gateway.Apply(r.gateway.Snapshot(Route{Path: "no path"})); err == nil {
				r.fail(errors.New("a configuration with a path that is none was applied"))
			}
			continue
		}
		if err := r.gateway.Gateway.Apply(r.gateway.Snapshot(r.routes(random, addresses)...)); err != nil {
			r.fail(err)
		}
	}
}

// routes are the one that matters, with some of its endpoints, and noise.
func (r *run) routes(random *rand.Rand, addresses []string) []Route {
	order := random.Perm(len(addresses))[:1+random.IntN(len(addresses))]
	some := make([]string, len(order))
	for i, n := range order {
		some[i] = addresses[n]
	}
	routes := []Route{r.route(some)}
	for i := range random.IntN(maxNoise) {
		routes = append(routes, Route{Path: fmt.Sprintf("/noise/%d", i), Backends: some[:1], Hosts: []string{"noise.example.com"}})
	}
	return routes
}

// route allows a session the time that its plan may take after one end has
// closed.
func (r *run) route(addresses []string) Route {
	return Route{Path: streamPath, Backends: addresses, Policy: &config.Policy{CloseTimeout: durationpb.New(r.patience())}}
}

func (r *run) patience() time.Duration { return r.last + Patience }

func (r *run) stopping() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// sleep reports whether the run still goes on.
func (r *run) sleep(d time.Duration) bool {
	select {
	case <-r.stop:
		return false
	case <-time.After(d):
		return true
	}
}

// killed reports whether the service of a session was killed. One whose number
// was not read yet may have been.
func (r *run) killed(id uint64) bool {
	state, known := r.sessions.Load(id)
	return state == dead || !known && r.kills.Load() > 0
}

func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// count notes a Close frame that a client has read.
func (r *run) count(f Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closes[f.String()]++
}

// legitimate are the causes that this soak gives reason for.
func legitimate(cause string) bool {
	switch cause {
	case "client_close", "client_gone", "backend_eof", "backend_reset", "drain":
		return true
	}
	return false
}

func (r *run) report(t *testing.T) {
	t.Helper()
	for _, err := range r.errs[:min(len(r.errs), maxErrors)] {
		t.Error(err)
	}
	if len(r.errs) > maxErrors {
		t.Errorf("and %d more errors", len(r.errs)-maxErrors)
	}
	causes := map[string]int{}
	for _, record := range r.gateway.Access.Records(t) {
		cause, session := record["cause"].(string)
		if !session {
			continue // a refusal, which its client has judged
		}
		causes[cause]++
		if !legitimate(cause) {
			t.Errorf("a session ended with %s: %v", cause, record)
		}
	}
	t.Logf("%d sessions; %d times a backend died; clients read %v; causes %v", r.ids.Load(), r.kills.Load(), r.closes, causes)
	for cause, read := range map[string]string{
		"client_close": "close 1000 \"\"", "backend_eof": "close 1000 \"backend_eof\"",
		"backend_reset": "close 1014 \"backend_reset\"", "drain": "close 1001 \"drain\"",
	} {
		if causes[cause] < r.closes[read] || causes[cause] == 0 {
			t.Errorf("%d sessions ended with %s, %d clients were told so", causes[cause], cause, r.closes[read])
		}
	}
}

// setting is an environment variable, or its default.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text, set := os.LookupEnv(name)
	if !set {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// affordable is how many sessions this process may have descriptors for.
func affordable(t *testing.T) int {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	return int(min(limit.Cur, 1<<20)) / (descriptors + 1)
}
