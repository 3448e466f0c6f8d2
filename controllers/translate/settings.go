package translate

import (
	"cmp"
	"fmt"
	"regexp"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// settings are the values of a WebSocketPolicy. What is nil is not set.
type settings struct {
	origins                                         []string
	handshake, dial, idle, write, close, ping, pong *time.Duration
	maxMessage                                      *int64
	maxHeader                                       *int32
}

// over is s where it says something, else outer, field by field.
func (s settings) over(outer settings) settings {
	if s.origins == nil {
		s.origins = outer.origins
	}
	s.handshake = cmp.Or(s.handshake, outer.handshake)
	s.dial = cmp.Or(s.dial, outer.dial)
	s.idle = cmp.Or(s.idle, outer.idle)
	s.write = cmp.Or(s.write, outer.write)
	s.close = cmp.Or(s.close, outer.close)
	s.ping = cmp.Or(s.ping, outer.ping)
	s.pong = cmp.Or(s.pong, outer.pong)
	s.maxMessage = cmp.Or(s.maxMessage, outer.maxMessage)
	s.maxHeader = cmp.Or(s.maxHeader, outer.maxHeader)
	return s
}

// policy is the part that holds for sessions; nil where nothing is set.
func (s settings) policy() *config.Policy {
	p := &config.Policy{
		AllowedOrigins: s.origins,
		DialTimeout:    duration(s.dial),
		IdleTimeout:    duration(s.idle),
		WriteTimeout:   duration(s.write),
		CloseTimeout:   duration(s.close),
		PingInterval:   duration(s.ping),
		PongTimeout:    duration(s.pong),
	}
	if s.maxMessage != nil {
		p.MaxMessageBytes = uint64(*s.maxMessage)
	}
	if proto.Size(p) == 0 {
		return nil
	}
	return p
}

// apply sets the part that holds before a route is known.
func (s settings) apply(l *config.Listener) {
	l.HandshakeTimeout = duration(s.handshake)
	if s.maxHeader != nil {
		l.MaxHeaderBytes = uint32(*s.maxHeader)
	}
}

func duration(d *time.Duration) *durationpb.Duration {
	if d == nil {
		return nil
	}
	return durationpb.New(*d)
}

// The bounds of limits.maxHeaderBytes.
const (
	minHeaderBytes = 1 << 10
	maxHeaderBytes = 1 << 20
)

// durationForm is that of the Gateway API (GEP-2257).
var durationForm = regexp.MustCompile(`^([0-9]{1,5}(h|m|s|ms)){1,4}$`)

// settingsOf reads a policy, or says everything that is wrong with its values.
func settingsOf(spec *v1alpha1.WebSocketPolicySpec) (settings, problems) {
	r := reading{}
	s := settings{origins: r.origins(spec.Origins)}
	if t := spec.Timeouts; t != nil {
		s.handshake = r.positive("timeouts.handshake", t.Handshake)
		s.dial = r.positive("timeouts.dial", t.Dial)
		s.idle = r.duration("timeouts.idle", t.Idle)
		s.write = r.duration("timeouts.write", t.Write)
		s.close = r.positive("timeouts.close", t.Close)
	}
	if k := spec.Keepalive; k != nil {
		s.ping = r.duration("keepalive.interval", k.Interval)
		s.pong = r.positive("keepalive.timeout", k.Timeout)
	}
	if l := spec.Limits; l != nil {
		s.maxMessage, s.maxHeader = l.MaxMessageBytes, l.MaxHeaderBytes
		if n := l.MaxMessageBytes; n != nil && *n < 0 {
			r.wrong("limits.maxMessageBytes", *n, "want 0 or more")
		}
		if n := l.MaxHeaderBytes; n != nil && (*n < minHeaderBytes || *n > maxHeaderBytes) {
			r.wrong("limits.maxHeaderBytes", *n, fmt.Sprintf("want %d to %d", minHeaderBytes, maxHeaderBytes))
		}
	}
	return s, r.problems
}

// reading collects what is wrong with the values it reads.
type reading struct{ problems }

func (r *reading) wrong(field string, value any, rule string) {
	r.add(&problem{string(gatewayv1.PolicyReasonInvalid), fmt.Sprintf("spec.%s %v: %s", field, value, rule)})
}

func (r *reading) origins(all []v1alpha1.Origin) []string {
	if all == nil {
		return nil
	}
	out := make([]string, len(all))
	for i, o := range all {
		out[i] = string(o)
		if err := config.CheckOrigin(out[i]); err != nil {
			r.wrong(fmt.Sprintf("origins[%d]", i), fmt.Sprintf("%q", o), err.Error())
		}
	}
	return out
}

func (r *reading) duration(field string, value *gatewayv1.Duration) *time.Duration {
	if value == nil {
		return nil
	}
	d, err := time.ParseDuration(string(*value))
	if err != nil || !durationForm.MatchString(string(*value)) {
		r.wrong(field, fmt.Sprintf("%q", *value), `want a duration such as "1h", "90s" or "1m30s"`)
		return nil
	}
	return &d
}

func (r *reading) positive(field string, value *gatewayv1.Duration) *time.Duration {
	d := r.duration(field, value)
	if d != nil && *d == 0 {
		r.wrong(field, *d, "want more than 0s")
	}
	return d
}
