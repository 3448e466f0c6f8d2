package upstream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"testing"

	"switchyard.dev/gateway/config"
)

// bench is a Pool whose network is a map of what each address answers.
type bench struct {
	*Pool
	t *testing.T

	mu      sync.Mutex
	answers map[string]func(context.Context) error
	dialled []string
}

func newBench(t *testing.T, services ...*config.Service) *bench {
	b := &bench{Pool: New(nil), t: t, answers: map[string]func(context.Context) error{}}
	seeded := rand.New(rand.NewPCG(1, 2))
	b.random = func(n uint64) uint64 {
		b.mu.Lock()
		defer b.mu.Unlock()
		return seeded.Uint64N(n)
	}
	b.dial = func(ctx context.Context, address string) (*net.TCPConn, error) {
		b.mu.Lock()
		b.dialled = append(b.dialled, address)
		answer := b.answers[address]
		b.mu.Unlock()
		if answer != nil {
			if err := answer(ctx); err != nil {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
			}
		}
		return &net.TCPConn{}, nil
	}
	b.Update(services)
	return b
}

// answer sets how an address answers; nil is to accept.
func (b *bench) answer(address string, how func(context.Context) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[address] = how
}

// took is what was dialled since the last call.
func (b *bench) took() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.dialled
	b.dialled = nil
	return d
}

// connect dials t, which must work.
func (b *bench) connect(t *Target) *Conn {
	b.t.Helper()
	c, err := b.Dial(b.t.Context(), t, dialTimeout)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// shares counts where n sessions go, each over before the next begins.
func (b *bench) shares(t *Target, n int) map[string]int {
	b.t.Helper()
	got := map[string]int{}
	for range n {
		c := b.connect(t)
		got[c.Endpoint()]++
		c.Release()
	}
	return got
}

// live is the count of an endpoint that the pool knows; -1 where it knows none.
func (b *bench) live(service, address string) int64 {
	b.Pool.mu.Lock()
	defer b.Pool.mu.Unlock()
	e := b.known[key{service, address}]
	if e == nil {
		return -1
	}
	return e.live.Load()
}

// refuse is a host without a listener.
func refuse(context.Context) error { return syscall.ECONNREFUSED }

// blackhole is a host that is not there.
func blackhole(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// ready is a service whose endpoints, "a:1" and so on, are all ready.
func ready(name string, hosts ...string) *config.Service {
	s := &config.Service{Name: name}
	for _, h := range hosts {
		s.Endpoints = append(s.Endpoints, &config.Endpoint{Address: h, Port: 1, Ready: true, Serving: true})
	}
	return s
}

// to is a target of services with their weights.
func to(weights ...any) *Target {
	t := &config.Target{}
	for i := 0; i < len(weights); i += 2 {
		t.Backends = append(t.Backends, &config.Backend{Service: weights[i].(string), Weight: uint32(weights[i+1].(int))})
	}
	return NewTarget(t)
}

func TestUpdateKeepsTheCountsOfEndpointsThatStay(t *testing.T) {
	b := newBench(t, ready("s", "a", "b"))
	conns := []*Conn{b.connect(to("s", 1)), b.connect(to("s", 1))}
	if b.live("s", "a:1") != 1 || b.live("s", "b:1") != 1 {
		t.Fatal("two sessions were not spread over two endpoints")
	}
	b.Update([]*config.Service{ready("s", "a", "b", "c"), ready("other", "a")})
	for address, want := range map[string]int64{"a:1": 1, "b:1": 1, "c:1": 0} {
		if got := b.live("s", address); got != want {
			t.Errorf("%s has %d live sessions, want %d", address, got, want)
		}
	}
	if got := b.live("other", "a:1"); got != 0 {
		t.Errorf("the same address of another service has %d live sessions", got)
	}
	for _, c := range conns {
		c.Release()
	}
	if b.live("s", "a:1") != 0 || b.live("s", "b:1") != 0 {
		t.Error("sessions that began before an update do not end in the counts")
	}
}

func TestAnEndpointThatGoesWhileInUseAndComesBackKeepsItsCount(t *testing.T) {
	b := newBench(t, ready("s", "a"))
	c := b.connect(to("s", 1))
	b.Update(nil)
	b.Update([]*config.Service{ready("s", "a")})
	if got := b.live("s", "a:1"); got != 1 {
		t.Errorf("%d live sessions after it came back, want 1", got)
	}
	b.Update(nil)
	c.Release()
	b.Update(nil)
	if got := b.live("s", "a:1"); got != -1 {
		t.Error("an endpoint that is gone and not in use is still known")
	}
}

func TestAServiceThatIsTheSameMessageIsNotMadeAnew(t *testing.T) {
	same := ready("same", "a")
	b := newBench(t, same, ready("s", "a", "b"))
	kept := (*b.services.Load())["same"]
	b.Update([]*config.Service{same, ready("s", "b")})
	if (*b.services.Load())["same"] != kept {
		t.Error("it was made anew")
	}
	if len(b.known) != 2 || b.known[key{"same", "a:1"}] == nil || b.known[key{"s", "b:1"}] == nil || len(b.gone) != 0 {
		t.Errorf("known are %v, gone %v", b.known, b.gone)
	}
}

func TestReleaseCountsWhereverTheLeaseIsKept(t *testing.T) {
	b := newBench(t, ready("s", "a"))
	kept, other := b.connect(to("s", 1)).Lease, b.connect(to("s", 1))
	kept.Release()
	if got := b.live("s", "a:1"); got != 1 {
		t.Errorf("%d live sessions, want 1", got)
	}
	if kept.Service() != "s" || kept.Endpoint() != "a:1" {
		t.Errorf("after its end it names %s of %s", kept.Endpoint(), kept.Service())
	}
	other.Release()
}

func TestUpdatesAndDialsTogether(t *testing.T) {
	b := newBench(t)
	b.answer("b:1", refuse)
	versions := [][]*config.Service{
		{ready("s", "a", "b")}, {ready("s", "a"), ready("r", "c")}, {ready("s", "b", "c"), ready("r")}, nil,
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 400 {
			b.Update(versions[i%len(versions)])
		}
	})
	for range 4 {
		wg.Go(func() {
			for range 200 {
				if c, err := b.Dial(t.Context(), to("s", 1, "r", 1), dialTimeout); err == nil {
					c.Release()
				}
			}
		})
	}
	wg.Wait()
	for k, e := range b.known {
		if n := e.live.Load(); n != 0 {
			t.Errorf("%v has %d live sessions at the end", k, n)
		}
	}
}

func TestTargetServices(t *testing.T) {
	got := fmt.Sprint(to("b", 1, "", 3, "a", 1, "c", 0, "b", 2).Services())
	if want := "[a b]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
