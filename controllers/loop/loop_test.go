package loop

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// passes runs a Loop on virtual time and returns when its passes began.
func passes(t *testing.T, wants []time.Duration, takes time.Duration, script func(l *Loop)) (began []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l, start := New(), time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.Run(ctx, func(context.Context) time.Duration {
				began = append(began, time.Since(start))
				time.Sleep(takes)
				if len(began) > len(wants) {
					return 0
				}
				return wants[len(began)-1]
			})
		}()
		script(l)
		time.Sleep(time.Minute)
		cancel()
		<-done
	})
	return began
}

func TestPasses(t *testing.T) {
	const ms = time.Millisecond
	every := func(pause time.Duration, times int) func(*Loop) {
		return func(l *Loop) {
			for range times {
				l.Mark()
				time.Sleep(pause)
			}
		}
	}
	tests := map[string]struct {
		wants  []time.Duration
		takes  time.Duration
		script func(*Loop)
		want   []time.Duration
	}{
		"nothing marked, no pass":                    {script: func(*Loop) {}},
		"one mark, one pass after the quiet":         {script: every(0, 1), want: []time.Duration{50 * ms}},
		"a flock of marks is one pass":               {script: every(10*ms, 5), want: []time.Duration{90 * ms}},
		"marks that do not end put it off that long": {script: every(40*ms, 20), want: []time.Duration{500 * ms, 810 * ms}},
		"a mark during a pass is another pass":       {takes: 100 * ms, script: every(60*ms, 2), want: []time.Duration{50 * ms, 200 * ms}},
		"a pass may ask to be run again":             {wants: []time.Duration{2 * time.Second}, script: every(0, 1), want: []time.Duration{50 * ms, 2050 * ms}},
		"a mark comes before that and takes its place": {
			wants: []time.Duration{2 * time.Second}, script: every(time.Second, 2), want: []time.Duration{50 * ms, 1050 * ms},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := passes(t, tc.wants, tc.takes, tc.script); !slices.Equal(got, tc.want) {
				t.Errorf("passes began at %v, want %v", got, tc.want)
			}
		})
	}
}

func TestRunEndsWhileItSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := New()
		l.Mark()
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.Run(ctx, func(context.Context) time.Duration { t.Error("a pass began"); return 0 })
		}()
		synctest.Wait()
		cancel()
		<-done
	})
}
