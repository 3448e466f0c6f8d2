package translate

import (
	"testing"
	"time"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

func TestDurations(t *testing.T) {
	tests := map[string]struct {
		value gatewayv1.Duration
		want  time.Duration
		wrong bool
	}{
		"one unit":            {"90s", 90 * time.Second, false},
		"several units":       {"1h30m", 90 * time.Minute, false},
		"milliseconds":        {"250ms", 250 * time.Millisecond, false},
		"zero is never":       {"0s", 0, false},
		"no unit":             {"90", 0, true},
		"a sign":              {"-1s", 0, true},
		"a fraction":          {"1.5s", 0, true},
		"microseconds":        {"1us", 0, true},
		"nothing":             {"", 0, true},
		"more than four":      {"1h1m1s1ms1h", 0, true},
		"more than 5 figures": {"100000s", 0, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			spec := &v1alpha1.WebSocketPolicySpec{Timeouts: &v1alpha1.Timeouts{Idle: &tc.value}}
			got, found := settingsOf(spec)
			switch {
			case tc.wrong != (len(found) > 0):
				t.Fatalf("problems %v", found)
			case !tc.wrong && *got.idle != tc.want:
				t.Errorf("%q is %v, want %v", tc.value, *got.idle, tc.want)
			}
		})
	}
}

func TestTheInnerValueWinsFieldByField(t *testing.T) {
	one, two, zero := time.Second, 2*time.Second, time.Duration(0)
	outer := settings{origins: []string{"*"}, dial: &one, idle: &one}
	got := settings{origins: []string{}, idle: &zero, write: &two}.over(outer)
	if len(got.origins) != 0 || got.origins == nil || got.dial != &one || got.idle != &zero || got.write != &two || got.close != nil {
		t.Errorf("got %+v", got)
	}
	if p := (settings{}).policy(); p != nil {
		t.Errorf("no settings make the policy %v, want none", p)
	}
}
