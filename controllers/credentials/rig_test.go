package credentials

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/authority"
	"switchyard.dev/controllers/translate"
)

const day = 24 * time.Hour

var (
	began     = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	ownSecret = types.NamespacedName{Namespace: "switchyard-system", Name: "switchyard-authority"}
)

// rig is a Keeper, a cluster in memory, and a clock.
type rig struct {
	*testing.T
	*Keeper
	// live is the API server itself.
	live client.WithWatch
	now  time.Time
	// writes are the Keeper's.
	writes []string
	// lost is the name of a Secret that the cache has not seen yet; refused is
	// one that must not be written.
	lost, refused string
}

func newRig(t *testing.T) *rig {
	r := &rig{T: t, live: fake.NewFakeClient(), now: began}
	cached := interceptor.NewClient(r.live, interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			s := o.(*corev1.Secret)
			err := c.Get(ctx, key, s, opts...)
			// The informers select by type.
			if err == nil && (key.Name == r.lost || s.Type != corev1.SecretTypeTLS) {
				*s = corev1.Secret{}
				return apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, key.Name)
			}
			return err
		},
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			return r.write("create", o, func() error { return c.Create(ctx, o, opts...) })
		},
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			return r.write("patch", o, func() error { return c.Patch(ctx, o, p, opts...) })
		},
	})
	r.Keeper = &Keeper{Client: cached, Live: r.live, Authority: ownSecret, Now: func() time.Time { return r.now }}
	return r
}

func (r *rig) write(verb string, o client.Object, do func() error) error {
	r.writes = append(r.writes, verb+" "+o.GetName())
	if o.GetName() == r.refused {
		return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, o.GetName(), fmt.Errorf("no right to"))
	}
	return do()
}

func (r *rig) wantWrites(want ...string) {
	r.Helper()
	if !slices.Equal(r.writes, want) {
		r.Errorf("wrote %v, want %v", r.writes, want)
	}
	r.writes = nil
}

func (r *rig) wantError(err error, want string) {
	r.Helper()
	if got := fmt.Sprint(err); got != want {
		r.Errorf("got   %s\nwant  %s", got, want)
	}
}

// renew is Renew where nothing may go wrong.
func (r *rig) renew() *authority.Set {
	r.Helper()
	set, err := r.Renew(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return set
}

func (r *rig) issue(set *authority.Set, all ...translate.Gateway) {
	r.Helper()
	if failed := r.Issue(r.Context(), set, all); len(failed) > 0 {
		r.Fatal(failed)
	}
}

func (r *rig) secret(namespace, name string) *corev1.Secret {
	r.Helper()
	var s corev1.Secret
	if err := r.live.Get(r.Context(), client.ObjectKey{Namespace: namespace, Name: name}, &s); err != nil {
		r.Fatal(err)
	}
	return &s
}

// put writes a Secret as somebody else does.
func (r *rig) put(s *corev1.Secret) {
	r.Helper()
	err := r.live.Update(r.Context(), s)
	if apierrors.IsNotFound(err) {
		err = r.live.Create(r.Context(), s)
	}
	if err != nil {
		r.Fatal(err)
	}
}

var gatewayKind = gatewayv1.SchemeGroupVersion.WithKind("Gateway")

// gateway is an accepted Gateway of the class "switchyard".
func gateway(name string) translate.Gateway {
	return translate.Gateway{Accepted: true, Gateway: &gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{Namespace: "infra", Name: name, UID: types.UID("uid of " + name)},
		Spec:       gatewayv1.GatewaySpec{GatewayClassName: "switchyard"},
	}}
}

// failure is why the Gateway edge gets no certificate.
func (r *rig) failure(set *authority.Set) error {
	r.Helper()
	return r.Issue(r.Context(), set, with("edge"))[types.NamespacedName{Namespace: "infra", Name: "edge"}]
}

func with(names ...string) (all []translate.Gateway) {
	for _, name := range names {
		all = append(all, gateway(name))
	}
	return all
}
