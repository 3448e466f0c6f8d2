package provision

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/translate"
)

// FieldOwner is who says what is desired, in the objects' managedFields.
const FieldOwner = "switchyard-controller"

// What server-side apply needs: patch, and create where there is no object yet.
// Finalizers of Gateways are needed where the admission plugin
// OwnerReferencesPermissionEnforcement is on: it asks for them of who sets
// blockOwnerDeletion.
//
// +kubebuilder:rbac:groups="",resources=serviceaccounts;services,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=gateways/finalizers,verbs=update

// Applier keeps the data planes of Gateways as they are desired. It asks the API
// server for nothing while they are. It is for one goroutine.
type Applier struct {
	client  client.Client
	live    client.Reader
	options Options

	applied  map[id]applied
	failures map[types.UID]failure
	now      func() time.Time
}

// New is an Applier that writes with c, and reads with it too, from a cache that
// has all Services, and of the other kinds at least what ManagedByLabel marks.
// live reads from the API server itself.
func New(c client.Client, live client.Reader, o Options) *Applier {
	return &Applier{
		client: c, live: live, options: o,
		applied: map[id]applied{}, failures: map[types.UID]failure{}, now: time.Now,
	}
}

// Apply makes the data planes of all of Switchyard's Gateways what is desired,
// and says what has become of each. One that fails does not stop the others; the
// error is for what stops all.
//
// The data plane of a Gateway that is not accepted, or on its way out, is left
// as it is: what serves goes on serving.
func (a *Applier) Apply(ctx context.Context, gateways []translate.Gateway) (map[types.NamespacedName]State, error) {
	cluster, err := look(ctx, a.client)
	if err != nil {
		return nil, err
	}
	states := make(map[types.NamespacedName]State, len(gateways))
	for _, g := range gateways {
		var err error
		if g.Accepted && g.DeletionTimestamp.IsZero() {
			err = a.provision(ctx, g, cluster)
		}
		state := stateOf(g, cluster)
		if state.Err = err; err != nil {
			state.RetryAfter = a.failures[g.UID].wait(a.now())
		}
		states[client.ObjectKeyFromObject(g)] = state
	}
	a.forget(gateways)
	return states, nil
}

// provision makes the objects of one Gateway what is desired.
func (a *Applier) provision(ctx context.Context, g translate.Gateway, c *cluster) error {
	objects, err := Desired(g, a.options)
	if err != nil {
		// The same again until the objects change, which is told by an event.
		delete(a.failures, g.UID)
		return err
	}
	wants, all, err := wantsOf(objects)
	if err != nil {
		return err
	}
	if f, ok := a.failures[g.UID]; ok && f.want == all && f.wait(a.now()) > 0 {
		return f.err
	}
	err = a.write(ctx, g, wants, c)
	a.note(g.UID, all, err)
	return err
}

// write applies what is desired, and only then deletes what is not: a change
// that fails takes nothing away.
func (a *Applier) write(ctx context.Context, g translate.Gateway, wants []want, c *cluster) error {
	var all []error
	for _, w := range wants {
		if err := a.apply(ctx, g, w, c); err != nil {
			all = append(all, err)
		}
	}
	if err := errors.Join(all...); err != nil {
		return err
	}
	return a.prune(ctx, g.Gateway, wants, c)
}
