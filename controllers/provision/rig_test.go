package provision

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"switchyard.dev/controllers/translate"
	"switchyard.dev/test/kubetest"
)

// rig is an Applier at a real API server, in a namespace of its own.
type rig struct {
	*testing.T
	// plain is another's client: what it does is not counted.
	plain client.WithWatch
	// counted is the applier's.
	counted   client.WithWatch
	applier   *Applier
	namespace string
	// calls are what the applier asked of the API server itself, but for lists,
	// which a cache answers.
	calls []string
	now   time.Time
}

func newRig(t *testing.T, s *kubetest.Server) *rig {
	t.Helper()
	plain, err := client.NewWithWatch(s.Config, client.Options{Scheme: s.Scheme})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, plain: plain, namespace: s.Namespace(t), now: time.Unix(1e9, 0)}
	r.counted = interceptor.NewClient(plain, interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			r.call("get", o)
			return c.Get(ctx, key, o, opts...)
		},
		Apply: func(ctx context.Context, c client.WithWatch, o runtime.ApplyConfiguration, opts ...client.ApplyOption) error {
			r.call("apply", o.(client.Object))
			return c.Apply(ctx, o, opts...)
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			r.call("delete", o)
			return c.Delete(ctx, o, opts...)
		},
	})
	r.applier = New(r.counted, r.counted, options)
	r.applier.now = func() time.Time { return r.now }
	return r
}

func (r *rig) call(verb string, o client.Object) {
	kind, err := r.plain.GroupVersionKindFor(o)
	if err != nil {
		r.Fatal(err)
	}
	r.calls = append(r.calls, verb+" "+kind.Kind)
}

// gateway makes a Gateway with these listeners' ports.
func (r *rig) gateway(name string, ports ...int32) translate.Gateway {
	r.Helper()
	g := read(r.T, fmt.Sprintf(`
metadata: {name: %s, namespace: %s}
spec:
  gatewayClassName: switchyard
  listeners:
  - {name: first, port: 80, protocol: HTTP}
`, name, r.namespace))
	if err := r.plain.Create(r.Context(), g.Gateway); err != nil {
		r.Fatal(err)
	}
	g.Snapshot.Listeners = nil
	for _, port := range ports {
		serve(&g, fmt.Sprint(port), port)
	}
	return g
}

// apply applies, and returns what the applier asked for meanwhile.
func (r *rig) apply(gateways ...translate.Gateway) (map[string]State, []string) {
	r.Helper()
	r.calls = nil
	states, err := r.applier.Apply(r.Context(), gateways)
	if err != nil {
		r.Fatal(err)
	}
	if len(states) != len(gateways) {
		r.Fatalf("%d states of %d gateways", len(states), len(gateways))
	}
	byName := map[string]State{}
	for name, state := range states {
		byName[name.Name] = state
	}
	return byName, r.calls
}

// mustApply applies without an error.
func (r *rig) mustApply(gateways ...translate.Gateway) (map[string]State, []string) {
	r.Helper()
	states, calls := r.apply(gateways...)
	for name, state := range states {
		if state.Err != nil || state.RetryAfter != 0 {
			r.Fatalf("%s: %v, again in %v", name, state.Err, state.RetryAfter)
		}
	}
	return states, calls
}

// read fills o by its name.
func (r *rig) read(o client.Object, name string) {
	r.Helper()
	if err := r.plain.Get(r.Context(), types.NamespacedName{Namespace: r.namespace, Name: name}, o); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) deployment(name string) *appsv1.Deployment {
	r.Helper()
	var d appsv1.Deployment
	r.read(&d, name)
	return &d
}

func (r *rig) service(name string) *corev1.Service {
	r.Helper()
	var s corev1.Service
	r.read(&s, name)
	return &s
}

// owned are the kinds that g controls, sorted.
func (r *rig) owned(g translate.Gateway) []string {
	r.Helper()
	c, err := look(r.Context(), r.plain)
	if err != nil {
		r.Fatal(err)
	}
	var kinds []string
	for _, name := range c.owned[g.UID] {
		kinds = append(kinds, name.kind)
	}
	slices.Sort(kinds)
	return kinds
}

// asUser sends a merge patch, as kubectl does for people.
func (r *rig) asUser(o client.Object, patch string) {
	r.Helper()
	if err := r.plain.Patch(r.Context(), o, client.RawPatch(types.MergePatchType, []byte(patch)), client.FieldOwner("kubectl")); err != nil {
		r.Fatal(err)
	}
}
