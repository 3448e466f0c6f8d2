package xds

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/go-logr/logr/funcr"

	"switchyard.dev/gateway/config"
)

func TestDelay(t *testing.T) {
	for _, tc := range []struct {
		fruitless int
		chance    float64
		want      time.Duration
	}{
		{0, 0, 0}, {0, 0.5, 50 * time.Millisecond}, {1, 0.5, 100 * time.Millisecond}, {7, 0.5, 6400 * time.Millisecond},
		{8, 0.5, 7500 * time.Millisecond}, {1 << 40, 0.5, 7500 * time.Millisecond}, {9, 0, 0},
	} {
		if got := delay(tc.fruitless, tc.chance); got != tc.want {
			t.Errorf("after %d fruitless tries, chance %v: %v, want %v", tc.fruitless, tc.chance, got, tc.want)
		}
	}
}

// script is a stream that delivers so many responses and ends.
type script struct{ responses int }

func (s *script) Send(*discovery.DeltaDiscoveryRequest) error { return nil }

var errGone = errors.New("gone")

func (s *script) Recv() (*discovery.DeltaDiscoveryResponse, error) {
	if s.responses == 0 {
		return nil, errGone
	}
	s.responses--
	return response(nil), nil
}

func TestTriesComeFurtherApartUntilSomethingIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tries = 40
		var at []time.Time
		ctx, stop := context.WithCancel(t.Context())
		c := newClient(func(*config.Snapshot) error { return nil })
		c.connect = func(context.Context) (stream, func(), error) {
			at = append(at, time.Now())
			switch len(at) {
			case tries:
				stop()
				return nil, nil, ctx.Err()
			case tries / 2:
				return &script{responses: 1}, func() {}, nil
			case tries / 4:
				return &script{}, func() {}, nil
			}
			return nil, nil, errGone
		}
		c.Run(ctx)
		for i := 1; i < len(at); i++ {
			bound := delay(i-1, 1)
			if i >= tries/2 {
				bound = delay(i-tries/2, 1)
			}
			if wait := at[i].Sub(at[i-1]); wait > bound {
				t.Errorf("try %d came %v after the one before, want at most %v", i+1, wait, bound)
			}
		}
		if since := at[len(at)-1].Sub(at[0]); since < longest {
			t.Errorf("%d tries took %v", tries, since)
		}
	})
}

func TestAnOutageIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		c := newClient(nil)
		logged := 0
		c.o.Log = funcr.New(func(string, string) { logged++ }, funcr.Options{})
		c.connect = func(context.Context) (stream, func(), error) { return nil, nil, errGone }
		c.Run(ctx)
		if logged < 8 || logged > 10 {
			t.Errorf("logged %d times in 10 minutes", logged)
		}
	})
}

func TestTheEndIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		c := newClient(nil)
		c.connect = func(ctx context.Context) (stream, func(), error) { return nil, nil, errGone }
		go func() {
			time.Sleep(time.Minute)
			stop()
		}()
		begun := time.Now()
		c.Run(ctx)
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("ended after %v, want 1m0s", took)
		}
	})
}
