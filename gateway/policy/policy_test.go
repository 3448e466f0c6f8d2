package policy

import (
	"math"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"switchyard.dev/gateway/config"
)

func TestCompileFillsInDefaults(t *testing.T) {
	type durations struct{ dial, idle, write, close, ping, pong time.Duration }
	zero := durationpb.New(0)
	for name, tc := range map[string]struct {
		in   *config.Policy
		want durations
	}{
		"no policy": {in: nil, want: durations{5 * time.Second, time.Hour, time.Minute, 10 * time.Second, 25 * time.Second, 20 * time.Second}},
		"an empty policy": {in: &config.Policy{},
			want: durations{5 * time.Second, time.Hour, time.Minute, 10 * time.Second, 25 * time.Second, 20 * time.Second}},
		"zero is never, but not for what must end": {
			in:   &config.Policy{DialTimeout: zero, IdleTimeout: zero, WriteTimeout: zero, CloseTimeout: zero, PingInterval: zero, PongTimeout: zero},
			want: durations{5 * time.Second, 0, 0, 10 * time.Second, 0, 20 * time.Second}},
		"every value is taken as it is": {
			in: &config.Policy{DialTimeout: durationpb.New(1), IdleTimeout: durationpb.New(2), WriteTimeout: durationpb.New(3),
				CloseTimeout: durationpb.New(4), PingInterval: durationpb.New(5), PongTimeout: durationpb.New(6)},
			want: durations{1, 2, 3, 4, 5, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Compile(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := (durations{p.Dial, p.Idle, p.Write, p.Close, p.Ping, p.Pong}); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestCompileKeepsTheMessageLimit(t *testing.T) {
	p, err := Compile(&config.Policy{MaxMessageBytes: math.MaxUint64})
	if err != nil || p.MaxMessage != math.MaxUint64 {
		t.Errorf("MaxMessage = %d, %v", p.MaxMessage, err)
	}
}

func TestCompileRefuses(t *testing.T) {
	const form = `: an origin is "scheme://host[:port]" without a path and without wildcards, or "*", or "null"`
	for name, tc := range map[string]struct {
		in   *config.Policy
		want string
	}{
		"a negative duration": {&config.Policy{IdleTimeout: durationpb.New(-time.Second)},
			"policy.idle_timeout: -1s: a duration is not negative"},
		"a negative duration where zero is the default": {&config.Policy{PongTimeout: durationpb.New(-1)},
			"policy.pong_timeout: -1ns: a duration is not negative"},
		"an origin without a scheme": {&config.Policy{AllowedOrigins: []string{"*", "app.test"}},
			`policy.allowed_origins[1]: "app.test"` + form},
		"an origin with a path": {&config.Policy{AllowedOrigins: []string{"https://app.test/"}},
			`policy.allowed_origins[0]: "https://app.test/"` + form},
		"an origin with a wildcard": {&config.Policy{AllowedOrigins: []string{"https://*.app.test"}},
			`policy.allowed_origins[0]: "https://*.app.test"` + form},
		"an empty origin": {&config.Policy{AllowedOrigins: []string{""}},
			`policy.allowed_origins[0]: ""` + form},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Compile(tc.in); err == nil || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}

	if _, err := Compile(&config.Policy{DialTimeout: &durationpb.Duration{Seconds: 1, Nanos: -1}}); err == nil {
		t.Error("a duration whose parts disagree was taken")
	}
}
