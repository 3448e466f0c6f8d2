package cluster

import (
	"errors"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache/informertest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/provision"
)

// counted are marks, and how often each was made.
type counted struct{ objects, endpoints, managed int }

func (c *counted) marks() Marks {
	return Marks{Objects: func() { c.objects++ }, Endpoints: func() { c.endpoints++ }, Managed: func() { c.managed++ }}
}

// said is what was marked since it was asked last.
func (c *counted) said() string {
	var all []string
	if c.objects > 0 {
		all = append(all, "objects")
	}
	if c.endpoints > 0 {
		all = append(all, "endpoints")
	}
	if c.managed > 0 {
		all = append(all, "managed")
	}
	*c = counted{}
	return strings.Join(all, " and ")
}

func newInformers(t *testing.T) *informertest.FakeInformers {
	t.Helper()
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, gatewayv1.Install, v1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	return &informertest.FakeInformers{Scheme: s}
}

func TestWhatComesAndGoesMarks(t *testing.T) {
	c, informers := &counted{}, newInformers(t)
	if err := Watch(t.Context(), informers, c.marks()); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		object client.Object
		// people is what one without our label marks, labelled what one with it does.
		people, labelled string
	}{
		"a GatewayClass":            {&gatewayv1.GatewayClass{}, "objects", "objects and managed"},
		"a Gateway":                 {&gatewayv1.Gateway{}, "objects", "objects and managed"},
		"a WebSocketRoute":          {&v1alpha1.WebSocketRoute{}, "objects", "objects and managed"},
		"a WebSocketPolicy":         {&v1alpha1.WebSocketPolicy{}, "objects", "objects and managed"},
		"a BackendTLSPolicy":        {&gatewayv1.BackendTLSPolicy{}, "objects", "objects and managed"},
		"a GatewayParameters":       {&v1alpha1.GatewayParameters{}, "objects", "objects and managed"},
		"a ReferenceGrant":          {&gatewayv1.ReferenceGrant{}, "objects", "objects and managed"},
		"a Service":                 {&corev1.Service{}, "objects", "objects and managed"},
		"an EndpointSlice":          {&discoveryv1.EndpointSlice{}, "endpoints", "endpoints and managed"},
		"a Secret":                  {&corev1.Secret{}, "objects", "objects and managed"},
		"a ConfigMap":               {&corev1.ConfigMap{}, "objects", "objects and managed"},
		"a Namespace":               {&corev1.Namespace{}, "objects", "objects and managed"},
		"a Deployment":              {&appsv1.Deployment{}, "", "managed"},
		"a ServiceAccount":          {&corev1.ServiceAccount{}, "", "managed"},
		"a PodDisruptionBudget":     {&policyv1.PodDisruptionBudget{}, "", "managed"},
		"a HorizontalPodAutoscaler": {&autoscalingv2.HorizontalPodAutoscaler{}, "", "managed"},
	} {
		t.Run(name, func(t *testing.T) {
			informer, err := informers.FakeInformerFor(t.Context(), tc.object)
			if err != nil {
				t.Fatal(err)
			}
			want := func(what, want string) {
				t.Helper()
				if got := c.said(); got != want {
					t.Errorf("%s marks %q, want %q", what, got, want)
				}
			}
			people := tc.object.DeepCopyObject().(client.Object)
			if tc.people != "" { // of the others the cache has its own alone
				informer.Add(people)
				want("one of people's that comes", tc.people)
				informer.Delete(people)
				want("one of people's that goes", tc.people)
			}
			ours := tc.object.DeepCopyObject().(client.Object)
			ours.SetLabels(map[string]string{provision.ManagedByLabel: provision.ManagedBy})
			informer.Add(ours)
			want("one with the label that comes", tc.labelled)
			informer.Delete(ours)
			want("one with the label that goes", tc.labelled)
		})
	}
}

// The end of one that went while the watch was away is known by its last state.
func TestAnEndThatWasMissedMarks(t *testing.T) {
	ours := map[string]string{provision.ManagedByLabel: provision.ManagedBy}
	for want, last := range map[string]any{
		"objects":             &corev1.Secret{ObjectMeta: named("1", 0, nil)},
		"objects and managed": &corev1.Secret{ObjectMeta: named("1", 0, ours)},
	} {
		c := &counted{}
		handler(c.marks(), kind{}).OnDelete(toolscache.DeletedFinalStateUnknown{Key: "x", Obj: last})
		if got := c.said(); got != want {
			t.Errorf("it marks %q, want %q", got, want)
		}
	}
	c := &counted{}
	handler(c.marks(), kind{}).OnDelete(toolscache.DeletedFinalStateUnknown{Key: "x"})
	if got := c.said(); got != "objects" {
		t.Errorf("one whose last state is unknown marks %q", got)
	}
}

func TestWhatCannotBeWatchedIsNamed(t *testing.T) {
	informers := newInformers(t)
	informers.Error = errors.New("no such kind")
	err := Watch(t.Context(), informers, (&counted{}).marks())
	for _, want := range []string{"watch *v1.GatewayClass: no such kind", "watch *v1.Secret: no such kind"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s in it", err, want)
		}
	}
}
