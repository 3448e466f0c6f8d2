package provision

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/translate"
)

// want is one object as it is desired.
type want struct {
	id
	fields map[string]any
	digest digest
}

// wantsOf are the objects as they are applied, and a digest of them all.
func wantsOf(objects []client.Object) ([]want, digest, error) {
	wants := make([]want, len(objects))
	digests := make([]digest, len(objects))
	for i, o := range objects {
		fields, err := fieldsOf(o)
		if err != nil {
			return nil, digest{}, err
		}
		if digests[i], err = digestOf(fields); err != nil {
			return nil, digest{}, err
		}
		wants[i] = want{idOf(o.GetObjectKind().GroupVersionKind().Kind, o), fields, digests[i]}
	}
	all, err := digestOf(digests)
	return wants, all, err
}

// apply makes one object what is desired, unless it is that already.
func (a *Applier) apply(ctx context.Context, g translate.Gateway, w want, c *cluster) error {
	there := c.objects[w.id]
	if there != nil && a.settled(w, there) {
		return nil
	}
	there, err := a.mine(ctx, g, w, there)
	if err != nil {
		return err
	}
	now, err := a.send(ctx, w, there)
	if err != nil {
		return fmt.Errorf("apply %s %s: %w", w.kind, w.NamespacedName, err)
	}
	if there == nil {
		c.add(w.kind, now)
	}
	c.objects[w.id] = now
	return a.remember(w, now)
}

// mine is the object that there is, if it is the Gateway's own; nil where there
// is none. An object that the cache does not have may be there all the same: it
// is another's, without our label, or as new as the cache is old.
func (a *Applier) mine(ctx context.Context, g translate.Gateway, w want, there client.Object) (client.Object, error) {
	if there == nil {
		blank, err := a.blank(w)
		if err != nil {
			return nil, err
		}
		err = a.live.Get(ctx, w.NamespacedName, blank)
		if apierrors.IsNotFound(err) {
			return nil, nil
		} else if err != nil {
			return nil, fmt.Errorf("look for %s %s: %w", w.kind, w.NamespacedName, err)
		}
		there = blank
	}
	if metav1.IsControlledBy(there, g) {
		return there, nil
	}
	owner := "nobody"
	if o := metav1.GetControllerOf(there); o != nil {
		owner = fmt.Sprintf("%s %s (uid %s)", o.Kind, o.Name, o.UID)
	}
	return nil, fmt.Errorf("%s %s is there already and is controlled by %s, not by this Gateway (uid %s): delete or rename it",
		w.kind, w.NamespacedName, owner, g.UID)
}

// send applies w and returns what came of it. there is what it is applied to;
// the API server refuses if that has meanwhile been replaced by another.
func (a *Applier) send(ctx context.Context, w want, there client.Object) (client.Object, error) {
	if deployment, ok := there.(*appsv1.Deployment); ok {
		if err := a.handOver(ctx, w, deployment); err != nil {
			return nil, err
		}
	}
	// The client writes its answer into what it is given.
	sent := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(w.fields)}
	if there != nil {
		sent.SetUID(there.GetUID())
	}
	err := a.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(sent), client.FieldOwner(FieldOwner), client.ForceOwnership)
	if err != nil {
		return nil, err
	}
	now, err := a.blank(w)
	if err != nil {
		return nil, err
	}
	return now, runtime.DefaultUnstructuredConverter.FromUnstructured(sent.Object, now)
}

// blank is an empty object of w's kind.
func (a *Applier) blank(w want) (client.Object, error) {
	kind := (&unstructured.Unstructured{Object: w.fields}).GroupVersionKind()
	blank, err := a.client.Scheme().New(kind)
	if err != nil {
		return nil, err
	}
	return blank.(client.Object), nil
}

// prune deletes what is the Gateway's and no longer desired, such as what an
// earlier class gave its name to.
//
// A Service that has no port any more stays as it was: without it the load
// balancer would go, with the address that clients know, for what may be no more
// than a mistake in a listener.
func (a *Applier) prune(ctx context.Context, g *gatewayv1.Gateway, wants []want, c *cluster) error {
	service := id{kindService, client.ObjectKey{Namespace: g.Namespace, Name: Name(g)}}
	for _, name := range c.owned[g.UID] {
		if name == service && len(wants) > 0 || slices.ContainsFunc(wants, func(w want) bool { return w.id == name }) {
			continue
		}
		o := c.objects[name]
		if !o.GetDeletionTimestamp().IsZero() {
			continue
		}
		err := a.client.Delete(ctx, o, client.Preconditions{UID: new(o.GetUID())}, client.PropagationPolicy(metav1.DeletePropagationBackground))
		if client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("delete %s %s: %w", name.kind, name.NamespacedName, err)
		}
		delete(c.objects, name)
		delete(a.applied, name)
	}
	return nil
}
