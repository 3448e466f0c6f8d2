package upstream

import (
	"context"
	"errors"
	"net"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const dialTimeout = 5 * time.Second

func TestASecondEndpointIsTriedOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		// dead endpoints refuse; a is tried first.
		dead   []string
		target *Target
		want   []string
		err    error
	}{
		"the first answers": {nil, to("one", 1), []string{"a:1"}, nil},
		"there is no other": {[]string{"a:1"}, to("one", 1), []string{"a:1"}, ErrRefused},
		"another of the same service before other backends": {[]string{"a:1"}, to("two", 1, "other", 0), []string{"a:1", "b:1"}, nil},
		"another backend where the service has no other":    {[]string{"a:1"}, to("one", 1_000_000, "other", 1), []string{"a:1", "c:1"}, nil},
		"a backend of weight zero is no other":              {[]string{"a:1"}, to("one", 1, "other", 0), []string{"a:1"}, ErrRefused},
		"a backend without endpoints is no other":           {[]string{"a:1"}, to("one", 1_000_000, "empty", 1, "", 1), []string{"a:1"}, ErrRefused},
		"never a third": {[]string{"a:1", "b:1"}, to("two", 1_000_000, "other", 1), []string{"a:1", "b:1"}, ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, ready("one", "a"), ready("two", "a", "b"), ready("other", "c"), ready("empty"))
			b.known[key{"two", "b:1"}].live.Add(1)
			for _, address := range tc.dead {
				b.answer(address, refuse)
			}
			c, err := b.Dial(t.Context(), tc.target, dialTimeout)
			if got := b.took(); !slices.Equal(got, tc.want) {
				t.Errorf("dialled %v, want %v", got, tc.want)
			}
			if !errors.Is(err, tc.err) {
				t.Errorf("error %v, want %v", err, tc.err)
			}
			if err == nil && c.Endpoint() != tc.want[len(tc.want)-1] {
				t.Errorf("connected to %s", c.Endpoint())
			}
		})
	}
}

func TestAFailedDialIsNoLiveSession(t *testing.T) {
	b := newBench(t, ready("s", "a", "b"))
	b.answer("a:1", refuse)
	b.answer("b:1", refuse)
	if _, err := b.Dial(t.Context(), to("s", 1), dialTimeout); err == nil {
		t.Fatal("a dial worked")
	}
	if b.live("s", "a:1") != 0 || b.live("s", "b:1") != 0 {
		t.Error("failed dials are counted as live")
	}
}

func TestErrorsNameServiceAndEndpoints(t *testing.T) {
	b := newBench(t, ready("iot/broker:1883", "a", "b"))
	b.known[key{"iot/broker:1883", "b:1"}].live.Add(1)
	b.answer("a:1", refuse)
	b.answer("b:1", func(context.Context) error { return syscall.EHOSTUNREACH })
	_, err := b.Dial(t.Context(), to("iot/broker:1883", 1), dialTimeout)
	want := `service "iot/broker:1883": endpoint a:1: connection refused; service "iot/broker:1883": endpoint b:1: no route to host`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestKindsOfFailure(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		want error
	}{
		"refused":                        {syscall.ECONNREFUSED, ErrRefused},
		"reset":                          {syscall.ECONNRESET, ErrRefused},
		"no route":                       {syscall.EHOSTUNREACH, ErrRefused},
		"no network":                     {syscall.ENETUNREACH, ErrRefused},
		"a timeout of the kernel's":      {syscall.ETIMEDOUT, ErrTimeout},
		"a timeout of ours":              {context.DeadlineExceeded, ErrTimeout},
		"a name that does not resolve":   {&net.DNSError{Err: "no such host", IsNotFound: true}, ErrRefused},
		"a name server that is silent":   {&net.DNSError{Err: "i/o timeout", IsTimeout: true}, ErrTimeout},
		"the gateway is out of files":    {syscall.EMFILE, nil},
		"the gateway is out of ports":    {syscall.EADDRNOTAVAIL, nil},
		"the gateway is out of buffers":  {syscall.ENOBUFS, nil},
		"the host is out of open files":  {syscall.ENFILE, nil},
		"the gateway is out of memory":   {syscall.ENOMEM, nil},
		"a fault that has no name of it": {errors.New("no idea"), ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, ready("s", "a"))
			b.answer("a:1", func(context.Context) error { return tc.err })
			_, err := b.Dial(t.Context(), to("s", 1), dialTimeout)
			if !errors.Is(err, tc.err) {
				t.Errorf("%v does not wrap %v", err, tc.err)
			}
			for _, kind := range []error{ErrNoEndpoint, ErrRefused, ErrTimeout} {
				if got := errors.Is(err, kind); got != (kind == tc.want) {
					t.Errorf("errors.Is(%v, %v) = %v", err, kind, got)
				}
			}
		})
	}
}

func TestTheTimeoutBoundsBothTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, ready("s", "a", "b"))
		b.answer("a:1", blackhole)
		b.answer("b:1", blackhole)
		began := time.Now()
		_, err := b.Dial(t.Context(), to("s", 1), dialTimeout)
		if !errors.Is(err, ErrTimeout) {
			t.Errorf("got %v, want %v", err, ErrTimeout)
		}
		if n := len(b.took()); n != 2 {
			t.Errorf("%d endpoints were tried, want 2", n)
		}
		if took := time.Since(began); took != dialTimeout {
			t.Errorf("took %v, want %v", took, dialTimeout)
		}
	})
}

func TestASingleEndpointGetsTheWholeTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, ready("s", "a"))
		b.answer("a:1", func(ctx context.Context) error {
			time.Sleep(dialTimeout - 1)
			return ctx.Err()
		})
		b.connect(to("s", 1))
	})
}

func TestASlowFirstEndpointLeavesTimeForTheSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, ready("s", "a", "b"))
		b.known[key{"s", "b:1"}].live.Add(1)
		b.answer("a:1", blackhole)
		if c := b.connect(to("s", 1)); c.Endpoint() != "b:1" {
			t.Errorf("connected to %s", c.Endpoint())
		}
	})
}

func TestAClientThatLeavesEndsTheDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, ready("s", "a", "b"))
		b.answer("a:1", blackhole)
		b.answer("b:1", blackhole)
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, leave)
		_, err := b.Dial(ctx, to("s", 1), dialTimeout)
		if !errors.Is(err, context.Canceled) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrRefused) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
		if n := len(b.took()); n != 1 {
			t.Errorf("%d endpoints were tried for a client that is gone", n)
		}
		for k, e := range b.known {
			if e.failures != 0 || e.live.Load() != 0 {
				t.Errorf("%v: %d failures, %d live", k, e.failures, e.live.Load())
			}
		}
	})
}
