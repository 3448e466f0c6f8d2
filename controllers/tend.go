package controllers

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/cluster"
	"switchyard.dev/controllers/credentials"
	"switchyard.dev/controllers/status"
)

// tend is a pass of the second loop: the leader brings the cluster to what was
// published, the others tell it what their gateways report.
func (o *operator) tend(ctx context.Context) (again time.Duration) {
	select {
	case <-o.manager.Elected():
		return o.lead(ctx)
	default:
		return o.follow(ctx)
	}
}

// follow is what a replica does that does not lead.
func (o *operator) follow(ctx context.Context) time.Duration {
	t := try{o: o, ctx: ctx}
	set, err := o.keeper.Read(ctx)
	switch {
	case err == nil:
		o.authority.Store(set)
	case !errors.Is(err, credentials.ErrNoAuthority):
		t.failed(err, "Cannot read the authority")
	}
	renew, err := o.exchange.Put(ctx, o.xds.Reports())
	t.again = sooner(t.again, renew)
	t.failed(err, "Cannot tell the leader what gateways report")
	return t.again
}

// lead is what the leader does. It comes to nothing before the first publish,
// which marks the loop again.
func (o *operator) lead(ctx context.Context) time.Duration {
	p := o.published.Load()
	if p == nil {
		return 0
	}
	if o.leads.IsZero() {
		o.leads = time.Now()
	}
	t := try{o: o, ctx: ctx, again: credentials.Look}
	set, err := o.keeper.Renew(ctx)
	t.failed(err, "Cannot renew the authority")
	var uncertified map[types.NamespacedName]error
	if err == nil {
		o.authority.Store(set)
		uncertified = o.keeper.Issue(ctx, set, p.result.Gateways)
	}
	t.failed(o.exchange.Withdraw(ctx), "Cannot withdraw what this replica reported")
	said, stale, err := o.exchange.All(ctx, o.xds.Reports())
	t.again = sooner(t.again, stale)
	t.failed(err, "Cannot read what other replicas' gateways report")
	planes, wait, err := o.planes(ctx, p, said, uncertified)
	t.again = sooner(t.again, wait)
	t.failed(err, "Cannot run the gateways' pods")
	t.failed(o.provisioner.Leave(ctx, p.result.Left), "Cannot take away the pods of Gateways that are another controller's")
	if planes == nil {
		return t.again
	}
	objects, err := cluster.ReadJudged(ctx, o.manager.GetCache())
	t.failed(err, "Cannot read the cluster's objects")
	written, err := o.writer.Write(ctx, status.Wanted{Verdicts: p.result.Verdicts, Objects: objects, Planes: planes})
	t.failed(err, "Cannot write the status of objects")
	o.metrics.wrote(written)
	return t.again
}
