package controllers

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/cluster"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/config"
)

const (
	// retry is after what a pass that failed is tried again.
	retry = time.Second
	// look is how often objects are translated though none has changed:
	// certificates expire by themselves.
	look = 10 * time.Minute
)

// outcome is what a pass over the objects came to. It does not change.
type outcome struct {
	result translate.Result
	// translated is when everything was looked at, not endpoints alone.
	translated time.Time
	// versions are those of the Gateways' configurations.
	versions map[types.NamespacedName]version
}

// version is what a Gateway is to serve, as people wrote it, and since when.
type version struct {
	digest string
	since  time.Time
}

// publish reads, translates and publishes: a pass of every replica's first loop.
func (o *operator) publish(ctx context.Context) time.Duration {
	began := time.Now()
	last := o.published.Load()
	next, err := o.translate(ctx, last, began)
	if err != nil {
		o.log.Error(err, "Cannot read the cluster's objects")
		return retry
	}
	snapshots := make(map[types.NamespacedName]*config.Snapshot, len(next.result.Gateways))
	for _, g := range next.result.Gateways {
		// One that is not accepted any more may have pods, which go on.
		snapshots[client.ObjectKeyFromObject(g.Gateway)] = g.Snapshot
	}
	digests, err := o.xds.Publish(snapshots)
	if err != nil {
		o.log.Error(err, "Cannot publish what has changed; gateways keep what they have")
		o.metrics.failed()
	}
	next.versions = versions(last, digests, began)
	o.published.Store(next)
	o.metrics.published(time.Since(began))
	if last == nil || last.translated != next.translated {
		o.managed.Mark()
	}
	return look
}

// translate comes to what the cluster's objects ask for. Where no more than
// endpoints has changed since last, no more than these is looked at.
func (o *operator) translate(ctx context.Context, last *outcome, now time.Time) (*outcome, error) {
	written := o.written.Swap(false)
	if !written && last != nil && now.Sub(last.translated) < look {
		endpoints, err := cluster.ReadEndpoints(ctx, o.manager.GetCache())
		if err != nil {
			return nil, err
		}
		if result, ok := last.result.WithEndpoints(endpoints); ok {
			return &outcome{result: result, translated: last.translated}, nil
		}
	}
	objects, err := cluster.Read(ctx, o.manager.GetCache())
	if err != nil {
		o.written.Store(true)
		return nil, err
	}
	objects.Now = now
	result := translate.Translate(objects, o.options.Translate)
	o.metrics.translated(time.Since(now), len(objects.WebSocketRoutes), len(result.Gateways))
	return &outcome{result: result, translated: now}, nil
}

// versions are those of digests: the same as in last, or of now.
func versions(last *outcome, digests map[types.NamespacedName]string, now time.Time) map[types.NamespacedName]version {
	var before map[types.NamespacedName]version
	if last != nil {
		before = last.versions
	}
	all := make(map[types.NamespacedName]version, len(digests))
	for name, digest := range digests {
		v := before[name]
		if v.digest != digest {
			v = version{digest, now}
		}
		all[name] = v
	}
	return all
}
