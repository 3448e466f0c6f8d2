package provision

import (
	"fmt"
	"time"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

const (
	defaultDrainWindow  = 10 * time.Second
	defaultDrainTimeout = 15 * time.Second
	// routePause is how long a pod that is to stop goes on as before: its
	// address must have left every node's rules and every load balancer first,
	// or clients are sent to where nobody listens.
	routePause = 5 * time.Second
	// stopMargin is for answers that are under way and for the end of the process.
	stopMargin = 5 * time.Second
)

// drain is how a pod ends its sessions.
type drain struct{ window, timeout time.Duration }

func drainOf(p *v1alpha1.Drain) (drain, error) {
	d := drain{defaultDrainWindow, defaultDrainTimeout}
	if p == nil {
		return d, nil
	}
	if err := set(&d.window, "window", p.Window); err != nil {
		return d, err
	}
	return d, set(&d.timeout, "timeout", p.Timeout)
}

// set sets d to a value, if there is one.
func set(d *time.Duration, field string, value *gatewayv1.Duration) error {
	if value == nil {
		return nil
	}
	parsed, err := time.ParseDuration(string(*value))
	if err != nil || parsed < 0 {
		return fmt.Errorf(`GatewayParameters spec.drain.%s %q: want a duration such as "1h", "90s" or "1m30s"`, field, *value)
	}
	*d = parsed
	return nil
}

// grace is what the pod must be granted, in whole seconds.
func (d drain) grace() int64 {
	// Seconds are added, since the sum of durations may be more than one holds.
	return seconds(routePause) + seconds(d.window) + seconds(d.timeout) + seconds(stopMargin)
}

func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
