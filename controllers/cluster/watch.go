package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/translate"
)

// managed are the kinds that data planes are made of; of these Switchyard watches
// its own alone. Services are among what users write, and are watched all.
func managed() []client.Object {
	return slices.DeleteFunc(provision.Kinds(), func(o client.Object) bool {
		_, ok := o.(*corev1.Service)
		return ok
	})
}

// Marks are called when something has changed.
type Marks struct {
	// Objects: what users write.
	Objects func()
	// Endpoints: those of Services.
	Endpoints func()
	// Managed: what Switchyard itself has written, or others to that.
	Managed func()
}

// Watch calls marks for every change in the informers' cache c from now on, and
// for every object that is there. The error is of all kinds that the API server
// does not have.
func Watch(ctx context.Context, c cache.Cache, marks Marks) error {
	var errs []error
	for _, k := range kinds {
		errs = append(errs, watch(ctx, c, k.object, handler(marks, k)))
	}
	for _, object := range managed() {
		errs = append(errs, watch(ctx, c, object, handler(Marks{Objects: func() {}, Managed: marks.Managed}, kind{})))
	}
	return errors.Join(errs...)
}

func watch(ctx context.Context, c cache.Cache, object client.Object, h toolscache.ResourceEventHandler) error {
	informer, err := c.GetInformer(ctx, object, cache.BlockUntilSynced(false))
	switch {
	case meta.IsNoMatchError(err):
		return fmt.Errorf("%w: install its CustomResourceDefinition", err)
	case err != nil:
		return fmt.Errorf("watch %T: %w", object, err)
	}
	_, err = informer.AddEventHandler(h)
	return err
}

// handler marks objects of kind k. The label of what Switchyard writes may be on
// anything, as on what a chart of that name brought: it hides nothing.
func handler(marks Marks, k kind) toolscache.ResourceEventHandlerFuncs {
	read := marks.Objects
	if isEndpoints(k.object) {
		read = marks.Endpoints
	}
	mark := func(o any) {
		if gone, ok := o.(toolscache.DeletedFinalStateUnknown); ok {
			o = gone.Obj
		}
		if object, ok := o.(client.Object); ok && labelled(object) {
			marks.Managed()
		}
		read()
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    mark,
		DeleteFunc: mark,
		UpdateFunc: func(before, after any) {
			b, a := before.(client.Object), after.(client.Object)
			if b.GetResourceVersion() == a.GetResourceVersion() {
				return // a resync
			}
			if labelled(b) || labelled(a) {
				marks.Managed()
			}
			if k.changed(b, a) {
				read()
			}
		},
	}
}

func labelled(o client.Object) bool {
	return o.GetLabels()[provision.ManagedByLabel] == provision.ManagedBy
}

// changed is false where what has changed is nothing that the translator reads:
// of judged kinds that is the status, of a ConfigMap all but one key. Some of
// them are renewed every few seconds, replicas' reports among them.
func (k kind) changed(before, after client.Object) bool {
	if m, ok := before.(*corev1.ConfigMap); ok {
		return m.Data[translate.AuthoritiesKey] != after.(*corev1.ConfigMap).Data[translate.AuthoritiesKey]
	}
	return !k.judged ||
		before.GetGeneration() != after.GetGeneration() ||
		before.GetUID() != after.GetUID() ||
		!before.GetDeletionTimestamp().Equal(after.GetDeletionTimestamp()) ||
		!maps.Equal(before.GetLabels(), after.GetLabels()) ||
		!maps.Equal(before.GetAnnotations(), after.GetAnnotations())
}
