package status

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/xds"
)

// programmed is what all kinds call the condition that a gateway has taken them.
const programmed = string(gatewayv1.GatewayConditionProgrammed)

// Patience is how long a data plane may take before its objects are said to
// wait for it. Most take milliseconds: to say so twice would be twice the writes.
const Patience = 2 * time.Second

// Uptake is how far the data plane of a Gateway is with what it is to serve.
type Uptake struct {
	// Taken: everything is served by every gateway that is connected.
	Taken bool
	// Why it is not taken, as a reason and a message. Empty, without Taken: it
	// is about to be; what was said before stands until then.
	Reason, Message string
	// Unsure: gateways may serve it that have not been heard of yet. Then it is
	// not taken back that they do.
	Unsure bool
}

// UptakeOf compares what is to be served, by its digest, with what the gateways
// report. since is when that digest was published first. again is when to ask
// again though nothing was reported; zero is never.
func UptakeOf(digest string, since, now time.Time, reports []xds.Report) (u Uptake, again time.Duration) {
	waiting := 0
	for _, r := range reports {
		switch {
		case r.Refused != "" && r.Refused == digest:
			return Uptake{
				Reason:  string(gatewayv1.GatewayReasonInvalid),
				Message: fmt.Sprintf("gateway %s refuses the configuration and serves what it had before: %s", r.Pod, r.Refusal),
			}, 0
		case r.Digest != digest || digest == "":
			// Without a digest it could not be sent to anybody.
			waiting++
		}
	}
	if len(reports) > 0 && waiting == 0 {
		return Uptake{Taken: true}, 0
	}
	if wait := since.Add(Patience).Sub(now); wait > 0 {
		return Uptake{}, wait
	}
	message := fmt.Sprintf("%d of %d connected gateways have not taken the configuration yet", waiting, len(reports))
	if len(reports) == 0 {
		message = "no gateway is connected"
	}
	return Uptake{Reason: string(gatewayv1.GatewayReasonPending), Message: message}, 0
}

// condition is Programmed; ok is false where what was said before stands.
func (u Uptake) condition(generation int64) (c metav1.Condition, ok bool) {
	c = metav1.Condition{Type: programmed, ObservedGeneration: generation}
	switch {
	case u.Taken:
		c.Status, c.Reason = metav1.ConditionTrue, string(gatewayv1.GatewayReasonProgrammed)
	case u.Reason == "":
		return c, false
	default:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, u.Reason, u.Message
	}
	return c, true
}
