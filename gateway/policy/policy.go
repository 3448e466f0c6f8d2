package policy

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"switchyard.dev/gateway/config"
)

// What holds where a config.Policy says nothing.
const (
	// DefaultDial bounds the way to an endpoint, a second try included.
	DefaultDial = 5 * time.Second
	// DefaultIdle is how long a session may move no data.
	DefaultIdle = time.Hour
	// DefaultWrite is how long a peer may take no byte of what waits for it.
	DefaultWrite = 60 * time.Second
	// DefaultClose is how long the second end may take to follow the first.
	DefaultClose = 10 * time.Second
	// DefaultPing is shorter than the 30 s after which common middleboxes forget
	// a silent connection.
	DefaultPing = 25 * time.Second
	// DefaultPong is how long a client may stay silent after a ping.
	DefaultPong = 20 * time.Second
)

// Policy is a config.Policy with its defaults filled in. It does not change
// after Compile and may be shared between goroutines.
type Policy struct {
	Origins Origins

	// Dial, Close and Pong are always positive: a session that waited for ever
	// there could never be got rid of.
	Dial, Close, Pong time.Duration
	// Idle, Write and Ping are positive, or zero for never.
	Idle, Write, Ping time.Duration

	// MaxMessage bounds the payload of one message from the client, in bytes.
	// Zero leaves it to the framing.
	MaxMessage uint64
}

// Compile fills in the defaults of c; nil is all defaults. An absent duration
// is its default. A zero one is never, or the default where never would be
// unsafe. An error names the field, its value and the rule that it breaks.
func Compile(c *config.Policy) (*Policy, error) {
	p := &Policy{MaxMessage: c.GetMaxMessageBytes()}
	for _, d := range []struct {
		field string
		in    *durationpb.Duration
		out   *time.Duration
		// absent and zero are what the two mean.
		absent, zero time.Duration
	}{
		{"dial_timeout", c.GetDialTimeout(), &p.Dial, DefaultDial, DefaultDial},
		{"idle_timeout", c.GetIdleTimeout(), &p.Idle, DefaultIdle, 0},
		{"write_timeout", c.GetWriteTimeout(), &p.Write, DefaultWrite, 0},
		{"close_timeout", c.GetCloseTimeout(), &p.Close, DefaultClose, DefaultClose},
		{"ping_interval", c.GetPingInterval(), &p.Ping, DefaultPing, 0},
		{"pong_timeout", c.GetPongTimeout(), &p.Pong, DefaultPong, DefaultPong},
	} {
		var err error
		if *d.out, err = duration(d.in, d.absent, d.zero); err != nil {
			return nil, fmt.Errorf("policy.%s: %w", d.field, err)
		}
	}
	for i, o := range c.GetAllowedOrigins() {
		if err := p.Origins.add(o); err != nil {
			return nil, fmt.Errorf("policy.allowed_origins[%d]: %w", i, err)
		}
	}
	return p, nil
}

func duration(in *durationpb.Duration, absent, zero time.Duration) (time.Duration, error) {
	if in == nil {
		return absent, nil
	}
	if err := in.CheckValid(); err != nil {
		return 0, err
	}
	switch d := in.AsDuration(); {
	case d < 0:
		return 0, fmt.Errorf("%v: a duration is not negative", d)
	case d == 0:
		return zero, nil
	default:
		return d, nil
	}
}
