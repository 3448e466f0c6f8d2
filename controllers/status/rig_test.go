package status

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// rig is a Writer, a cluster in memory, and what it was asked for.
type rig struct {
	*testing.T
	*Writer
	client client.WithWatch
	events *events.FakeRecorder

	mu     sync.Mutex
	writes []string
	// meanwhile, unless nil, is done before a write.
	meanwhile func()
}

func newRig(t *testing.T, objects ...client.Object) *rig {
	t.Helper()
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{gatewayv1.Install, v1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	r := &rig{T: t, events: events.NewFakeRecorder(2 * eventBurst)}
	r.client = fake.NewClientBuilder().WithScheme(s).WithObjects(objects...).WithStatusSubresource(
		&gatewayv1.GatewayClass{}, &gatewayv1.Gateway{}, &gatewayv1.BackendTLSPolicy{},
		&v1alpha1.WebSocketRoute{}, &v1alpha1.WebSocketPolicy{},
	).Build()
	counted := interceptor.NewClient(r.client, interceptor.Funcs{
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			r.mu.Lock()
			r.writes = append(r.writes, o.GetName())
			meanwhile := r.meanwhile
			r.mu.Unlock()
			if meanwhile != nil {
				meanwhile()
			}
			return c.SubResource(sub).Patch(ctx, o, p, opts...)
		},
	})
	r.Writer = &Writer{Client: counted, Events: NewEvents(r.events), Now: func() time.Time { return now.Time }}
	return r
}

// objects are those that the verdicts are of, as they stand.
func (r *rig) objects() (o translate.Objects) {
	r.Helper()
	var classes gatewayv1.GatewayClassList
	var gateways gatewayv1.GatewayList
	var routes v1alpha1.WebSocketRouteList
	var policies v1alpha1.WebSocketPolicyList
	var tls gatewayv1.BackendTLSPolicyList
	for _, list := range []client.ObjectList{&classes, &gateways, &routes, &policies, &tls} {
		if err := r.client.List(r.Context(), list); err != nil {
			r.Fatal(err)
		}
	}
	return translate.Objects{
		GatewayClasses: classes.Items, Gateways: gateways.Items, WebSocketRoutes: routes.Items,
		WebSocketPolicies: policies.Items, BackendTLSPolicies: tls.Items,
	}
}

// write writes what is wanted of the objects as they stand.
func (r *rig) write(planes map[types.NamespacedName]DataPlane, verdicts ...translate.Verdict) error {
	r.Helper()
	return r.writeOf(r.objects(), planes, verdicts...)
}

func (r *rig) writeOf(o translate.Objects, planes map[types.NamespacedName]DataPlane, verdicts ...translate.Verdict) error {
	r.Helper()
	r.writes = nil
	_, err := r.Write(r.Context(), Wanted{Verdicts: verdicts, Objects: o, Planes: planes})
	return err
}

// mustWrite writes, and wants these objects to be written.
func (r *rig) mustWrite(planes map[types.NamespacedName]DataPlane, verdict translate.Verdict, want ...string) {
	r.Helper()
	if err := r.write(planes, verdict); err != nil {
		r.Fatal(err)
	}
	r.wantWrites(want...)
}

func (r *rig) wantWrites(want ...string) {
	r.Helper()
	slices.Sort(r.writes)
	if !slices.Equal(r.writes, want) {
		r.Errorf("wrote %v, want %v", r.writes, want)
	}
}

// wantEvents wants these to have been told since it was asked last.
func (r *rig) wantEvents(want ...string) {
	r.Helper()
	var told []string
	for len(r.events.Events) > 0 {
		told = append(told, <-r.events.Events)
	}
	if !slices.Equal(told, want) {
		r.Errorf("told %q, want %q", told, want)
	}
}

func (r *rig) read(o client.Object, name string) {
	r.Helper()
	if err := r.client.Get(r.Context(), client.ObjectKey{Namespace: "app", Name: name}, o); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) wantConflict(err error) {
	r.Helper()
	if !apierrors.IsConflict(err) {
		r.Errorf("got %v, want a conflict", err)
	}
}

func metaOf(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "app", Name: name, UID: types.UID("uid of " + name), Generation: 1}
}

// verdict is one of an object that metaOf names.
func verdict(kind, name string) translate.Verdict {
	return translate.Verdict{Kind: kind, Namespace: "app", Name: name, UID: types.UID("uid of " + name), Generation: 1}
}

func condition(kind string, status bool, reason, message string) metav1.Condition {
	c := metav1.Condition{Type: kind, Status: metav1.ConditionFalse, Reason: reason, Message: message, ObservedGeneration: 1}
	if status {
		c.Status = metav1.ConditionTrue
	}
	return c
}

// ofEdge is a parent of a route, with conditions.
func ofEdge(controller gatewayv1.GatewayController, conditions ...metav1.Condition) gatewayv1.RouteParentStatus {
	return gatewayv1.RouteParentStatus{
		ParentRef: gatewayv1.ParentReference{Name: "edge"}, ControllerName: controller, Conditions: conditions,
	}
}

var edge = types.NamespacedName{Namespace: "app", Name: "edge"}

// plane is what there is of edge's data plane.
func plane(u Uptake) map[types.NamespacedName]DataPlane {
	return map[types.NamespacedName]DataPlane{edge: {
		Uptake:    u,
		Addresses: []gatewayv1.GatewayStatusAddress{{Value: "192.0.2.1"}},
		Listeners: map[gatewayv1.SectionName]bool{"ws": true},
	}}
}
