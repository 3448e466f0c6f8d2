package credentials

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/authority"
	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/translate"
)

// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;list;watch;create;patch

// ErrNoAuthority says that no replica has made the authority yet.
var ErrNoAuthority = errors.New("there is no certificate authority yet: the leader makes it")

// Look is how often credentials are looked at though nothing has changed: they
// live for days.
const Look = 10 * time.Minute

// Keeper keeps Secrets. It is safe for concurrent use.
type Keeper struct {
	// Client reads from the informers' cache and writes to the API server.
	Client client.Client
	// Live reads from the API server itself: the cache has Secrets of one type.
	Live client.Reader
	// Authority is the Secret of the authority itself.
	Authority types.NamespacedName
	// Now is the clock.
	Now func() time.Time
}

// Read is the authority as it stands, or ErrNoAuthority.
func (k *Keeper) Read(ctx context.Context) (*authority.Set, error) {
	var s corev1.Secret
	switch err := k.Client.Get(ctx, k.Authority, &s); {
	case apierrors.IsNotFound(err):
		return nil, ErrNoAuthority
	case err != nil:
		return nil, err
	}
	set, err := authority.Parse(s.Data)
	if err != nil {
		return nil, fmt.Errorf("Secret %s: %w: delete it, and a new authority is made", k.Authority, err)
	}
	return set, nil
}

// Renew makes the authority, or what of it is due, and returns it as it then is.
func (k *Keeper) Renew(ctx context.Context) (*authority.Set, error) {
	set, err := k.Read(ctx)
	if errors.Is(err, ErrNoAuthority) {
		set, err = new(authority.Set), nil
	}
	if err != nil {
		return nil, err
	}
	next, changed, err := set.Renew(k.Now())
	if err != nil || !changed {
		return next, err
	}
	data, err := next.Data()
	if err != nil {
		return nil, err
	}
	return next, k.write(ctx, k.Authority, nil, data)
}

// Issue gives every accepted Gateway its certificate, where it has none that
// is good. One that cannot be given does not keep the others from theirs: failed
// says why. A Gateway on its way out is given none, or what waits for its
// dependents to go first would wait for ever.
func (k *Keeper) Issue(ctx context.Context, set *authority.Set, gateways []translate.Gateway) (failed map[types.NamespacedName]error) {
	failed = map[types.NamespacedName]error{}
	for _, g := range gateways {
		if !g.Accepted || !g.DeletionTimestamp.IsZero() {
			continue
		}
		if err := k.issue(ctx, set, g.Gateway); err != nil {
			failed[client.ObjectKeyFromObject(g.Gateway)] = err
		}
	}
	return failed
}

func (k *Keeper) issue(ctx context.Context, set *authority.Set, g *gatewayv1.Gateway) error {
	name := types.NamespacedName{Namespace: g.Namespace, Name: provision.SecretName(g)}
	var s corev1.Secret
	err := k.Client.Get(ctx, name, &s)
	if client.IgnoreNotFound(err) != nil {
		return err
	}
	if err == nil && !metav1.IsControlledBy(&s, g) {
		return fmt.Errorf("Secret %s: it is not of Gateway %s: rename or delete it", name, g.Name)
	}
	data, changed, err := set.GatewayCertificate(k.Now(), client.ObjectKeyFromObject(g), s.Data)
	if err != nil || !changed {
		return err
	}
	return k.write(ctx, name, g, data)
}

// write creates a Secret or replaces what is in it.
func (k *Keeper) write(ctx context.Context, name types.NamespacedName, owner *gatewayv1.Gateway, data map[string][]byte) error {
	want := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: name.Namespace, Name: name.Name,
			Labels: map[string]string{provision.ManagedByLabel: provision.ManagedBy},
		},
		Type: corev1.SecretTypeTLS,
		Data: data,
	}
	if owner != nil {
		want.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(owner, gatewayv1.SchemeGroupVersion.WithKind("Gateway"))}
	}
	var now corev1.Secret
	switch err := k.Client.Get(ctx, name, &now); {
	case apierrors.IsNotFound(err):
		return k.create(ctx, want)
	case err != nil:
		return err
	}
	next := now.DeepCopy()
	next.Data, next.OwnerReferences = want.Data, want.OwnerReferences
	next.Labels = maps.Clone(now.Labels)
	if next.Labels == nil {
		next.Labels = map[string]string{}
	}
	maps.Copy(next.Labels, want.Labels)
	if equality.Semantic.DeepEqual(&now, next) {
		return nil
	}
	return k.Client.Patch(ctx, next, client.MergeFromWithOptions(&now, client.MergeFromWithOptimisticLock{}))
}

// create creates a Secret. One that the cache does not have may be there all the
// same: it is of another type, or as new as the cache is old, which is a conflict.
func (k *Keeper) create(ctx context.Context, want *corev1.Secret) error {
	err := k.Client.Create(ctx, want)
	if !apierrors.IsAlreadyExists(err) {
		return err
	}
	var there corev1.Secret
	if err := k.Live.Get(ctx, client.ObjectKeyFromObject(want), &there); err != nil {
		return err
	}
	if there.Type != want.Type {
		return fmt.Errorf("Secret %s/%s is there already, of type %s: want type %s: rename or delete it", want.Namespace, want.Name, there.Type, want.Type)
	}
	return err
}
