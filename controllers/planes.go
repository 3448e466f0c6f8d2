package controllers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/status"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/controllers/xds"
)

// planes brings the Gateways' data planes to what they are to be, and says how
// far each of them is. uncertified are those that have no certificate, and why.
// again is when that is to be asked anew though nothing has changed; zero is
// never.
func (o *operator) planes(
	ctx context.Context, p *outcome, said []xds.Report, uncertified map[types.NamespacedName]error,
) (_ map[types.NamespacedName]status.DataPlane, again time.Duration, _ error) {
	states, err := o.provisioner.Apply(ctx, p.result.Gateways)
	if err != nil {
		return nil, retry, err
	}
	var errs []error
	now := time.Now()
	all := make(map[types.NamespacedName]status.DataPlane, len(p.result.Gateways))
	for _, g := range p.result.Gateways {
		name := client.ObjectKeyFromObject(g.Gateway)
		state, v := states[name], p.versions[name]
		own := ofGateway(said, name)
		uptake, wait := status.UptakeOf(v.digest, v.since, now, own)
		if left := o.reunion(name, own, now); left > 0 {
			uptake.Unsure, wait = true, sooner(wait, left)
		}
		if uptake.Reason == string(gatewayv1.GatewayReasonPending) {
			uptake.Message += podsOf(state)
		}
		plane := status.DataPlane{Uptake: uptake, Addresses: state.Addresses, Listeners: served(g)}
		for _, err := range []error{state.Err, uncertified[name]} {
			if err != nil {
				errs = append(errs, fmt.Errorf("Gateway %s: %w", name, err))
			}
			if err != nil && plane.Failed == "" && !onlyConflicts(err) {
				plane.Failed = err.Error()
			}
		}
		all[name] = plane
		again = sooner(sooner(again, wait), state.RetryAfter)
	}
	return all, again, errors.Join(errs...)
}

// reunited is how long after a replica has come to lead all gateways that are
// there have found one of those that are left: they notice within 40 s that a
// replica has vanished, and try again every 15 s at least.
const reunited = time.Minute

// reunion is how long a Gateway's gateways may still come that served it under
// the leader before; zero once one is heard of. own is what they report.
func (o *operator) reunion(gateway types.NamespacedName, own []xds.Report, now time.Time) time.Duration {
	left := o.leads.Add(reunited).Sub(now)
	if left <= 0 {
		return 0
	}
	if len(own) > 0 {
		o.heard[gateway] = true
	}
	if o.heard[gateway] {
		return 0
	}
	return left
}

// podsOf tells why a Gateway may have no gateway connected, as far as its
// Deployment knows.
func podsOf(s provision.State) string {
	text := fmt.Sprintf("; %d of %d pods are ready", s.Ready, s.Wanted)
	if s.Failure != "" {
		text += ": " + s.Failure
	}
	return text
}

func ofGateway(all []xds.Report, name types.NamespacedName) (own []xds.Report) {
	for _, r := range all {
		if r.Gateway == name {
			own = append(own, r)
		}
	}
	return own
}

// served are the listeners of g that are in its snapshot.
func served(g translate.Gateway) map[gatewayv1.SectionName]bool {
	names := make(map[gatewayv1.SectionName]bool, len(g.Snapshot.GetListeners()))
	for _, l := range g.Snapshot.GetListeners() {
		names[gatewayv1.SectionName(l.GetName()[strings.LastIndexByte(l.GetName(), '/')+1:])] = true
	}
	return names
}

// sooner is the lesser of two waits, of which zero is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
