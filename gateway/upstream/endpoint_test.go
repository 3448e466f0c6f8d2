package upstream

import (
	"context"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"switchyard.dev/gateway/config"
)

// wear fails dials to address, the only endpoint of service, n times.
func (b *bench) wear(service string, n int) {
	b.t.Helper()
	for range n {
		if _, err := b.Dial(b.t.Context(), to(service, 1), dialTimeout); err == nil {
			b.t.Fatal("a dial worked")
		}
	}
}

// dead begins with service "s", whose only endpoint refused three times, and
// then gets another.
func dead(t *testing.T) *bench {
	b := newBench(t, ready("s", "a"))
	b.answer("a:1", refuse)
	b.wear("s", 3)
	b.Update([]*config.Service{ready("s", "a", "b")})
	b.took()
	return b
}

func TestAnEndpointThatFailsRepeatedlyIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := dead(t)
		if got := b.shares(to("s", 1), 100); got["b:1"] != 100 {
			t.Errorf("sessions went %v", got)
		}
		if n := len(b.took()); n != 100 {
			t.Errorf("%d dials for 100 sessions: the one passed over was tried", n)
		}
	})
}

func TestTwoFailuresAreTolerated(t *testing.T) {
	b := newBench(t, ready("s", "a"))
	b.answer("a:1", refuse)
	b.wear("s", 2)
	b.answer("a:1", nil)
	b.connect(to("s", 1)).Release()
	b.answer("a:1", refuse)
	b.wear("s", 2)
	if b.known[key{"s", "a:1"}].passedOver(b.now()) {
		t.Error("passed over after two failures in a row")
	}
}

func TestAnEndpointPassedOverIsTriedAgainByOneAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := dead(t)
		time.Sleep(firstPass)

		hold := make(chan struct{})
		b.answer("a:1", func(context.Context) error { <-hold; return nil })
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { b.connect(to("s", 1)) })
			synctest.Wait()
		}
		probes := 0
		for _, address := range b.took() {
			if address == "a:1" {
				probes++
			}
		}
		if probes != 1 {
			t.Errorf("%d dials tried it before one came back, want 1", probes)
		}
		close(hold)
		wg.Wait()
		b.answer("a:1", nil)
		if got := b.shares(to("s", 1), 100); got["a:1"] == 0 {
			t.Errorf("it gets nothing after it recovered: %v", got)
		}
	})
}

func TestAnEndpointThatStaysDeadIsTriedLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := dead(t)
		const hour = 3600
		for range hour * 2 {
			b.connect(to("s", 1)).Release()
			time.Sleep(time.Second / 2)
		}
		probes := 0
		for _, address := range b.took() {
			if address == "a:1" {
				probes++
			}
		}
		// Every 22.5 s to 30 s, and then when chance takes it as one of two.
		if probes < hour/40 || probes > hour/20 {
			t.Errorf("tried %d times in an hour", probes)
		}
	})
}

func TestWhereAllArePassedOverTheyAreUsedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, ready("s", "a"))
		b.answer("a:1", refuse)
		b.wear("s", 10)
		b.answer("a:1", nil)
		b.connect(to("s", 1))
		if b.known[key{"s", "a:1"}].passedOver(b.now()) {
			t.Error("still passed over after a dial that worked")
		}
	})
}

func TestFailuresTogetherCountAsOneSign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, ready("s", "a"))
		hold := make(chan struct{})
		b.answer("a:1", func(context.Context) error { <-hold; return syscall.ECONNRESET })
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { b.wear("s", 1) })
		}
		synctest.Wait()
		close(hold)
		wg.Wait()
		if e := b.known[key{"s", "a:1"}]; e.passedOver(b.now() + firstPass) {
			t.Errorf("passed over until %v by dials that failed at the same moment", time.Duration(e.avoid.Load()))
		}
	})
}

func TestUpdateKeepsWhatIsKnownOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := dead(t)
		b.Update([]*config.Service{ready("s", "b", "c", "a")})
		if got := b.shares(to("s", 1), 100); got["a:1"] != 0 {
			t.Errorf("an update brought a dead endpoint back: %v", got)
		}
	})
}

func TestAFaultOfTheGatewaysOwnSaysNothingOfTheEndpoint(t *testing.T) {
	b := newBench(t, ready("s", "a"))
	b.answer("a:1", func(context.Context) error { return syscall.EMFILE })
	b.wear("s", 10)
	if b.known[key{"s", "a:1"}].passedOver(b.now()) {
		t.Error("passed over because the gateway ran out of files")
	}
}

func TestPassTime(t *testing.T) {
	for name, tc := range map[string]struct {
		n      int
		random float64
		want   time.Duration
	}{
		"the first":                {1, 0, time.Second},
		"the second doubles":       {2, 0, 2 * time.Second},
		"the fifth":                {5, 0, 16 * time.Second},
		"the sixth is the longest": {6, 0, 30 * time.Second},
		"never longer":             {1 << 30, 0, 30 * time.Second},
		"shorter by chance":        {1, 0.5, 875 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			if got := passTime(tc.n, tc.random); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}
