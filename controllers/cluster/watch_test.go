package cluster

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/translate"
)

func named(version string, generation int64, labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: "x", ResourceVersion: version, Generation: generation, Labels: labels}
}

func TestWhatAChangeMarks(t *testing.T) {
	ours := map[string]string{provision.ManagedByLabel: provision.ManagedBy}
	configMap := func(version, authorities, renewed string, labels map[string]string) client.Object {
		return &corev1.ConfigMap{ObjectMeta: named(version, 0, labels), Data: map[string]string{translate.AuthoritiesKey: authorities, "renewed": renewed}}
	}
	route := func(version string, generation int64, labels map[string]string) client.Object {
		return &v1alpha1.WebSocketRoute{ObjectMeta: named(version, generation, labels)}
	}
	service := func(version string, labels map[string]string) client.Object {
		return &corev1.Service{ObjectMeta: named(version, 0, labels)}
	}
	tests := map[string]struct {
		kind             kind
		before, after    client.Object
		objects, managed bool
	}{
		"a resync marks nothing":                           {kind{}, service("1", ours), service("1", ours), false, false},
		"a Service of a user's":                            {kind{}, service("1", nil), service("2", nil), true, false},
		"a Service of ours may be a user's with our label": {kind{}, service("1", ours), service("2", ours), true, true},
		"a Service that loses our label":                   {kind{}, service("1", ours), service("2", nil), true, true},
		"a route's status alone":                           {kind{judged: true}, route("1", 1, nil), route("2", 1, nil), false, false},
		"a route's spec":                                   {kind{judged: true}, route("1", 1, nil), route("2", 2, nil), true, false},
		"a route with our label":                           {kind{judged: true}, route("1", 1, ours), route("2", 2, ours), true, true},
		"another key of a ConfigMap":                       {kind{}, configMap("1", "a", "1", nil), configMap("2", "a", "2", nil), false, false},
		"the authorities in a ConfigMap":                   {kind{}, configMap("1", "a", "1", nil), configMap("2", "b", "1", nil), true, false},
		"a replica's reports":                              {kind{}, configMap("1", "", "1", ours), configMap("2", "", "2", ours), false, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var objects, managed bool
			handler(Marks{Objects: func() { objects = true }, Managed: func() { managed = true }}, tc.kind).OnUpdate(tc.before, tc.after)
			if objects != tc.objects || managed != tc.managed {
				t.Errorf("objects %v, managed %v; want %v, %v", objects, managed, tc.objects, tc.managed)
			}
		})
	}
}

// The EndpointSlices of a Service have its labels.
func TestEndpointsOfAServiceWithOurLabelAreFollowed(t *testing.T) {
	ours := map[string]string{provision.ManagedByLabel: provision.ManagedBy}
	slice := func(version string) *discoveryv1.EndpointSlice {
		return &discoveryv1.EndpointSlice{ObjectMeta: named(version, 1, ours)}
	}
	endpoints := 0
	marks := Marks{Objects: func() { t.Error("all objects are looked at") }, Endpoints: func() { endpoints++ }, Managed: func() {}}
	h := handler(marks, kind{object: &discoveryv1.EndpointSlice{}})
	h.OnAdd(slice("1"), false)
	h.OnUpdate(slice("1"), slice("2"))
	if endpoints != 2 {
		t.Errorf("%d marks, want 2", endpoints)
	}
}

func TestAnObjectThatComesOrGoesWithOurLabelIsLookedAt(t *testing.T) {
	ours := map[string]string{provision.ManagedByLabel: provision.ManagedBy}
	objects, managed := 0, 0
	h := handler(Marks{Objects: func() { objects++ }, Managed: func() { managed++ }}, kind{})
	h.OnAdd(&v1alpha1.WebSocketRoute{ObjectMeta: named("1", 1, ours)}, false)
	h.OnDelete(&corev1.Service{ObjectMeta: named("1", 1, ours)})
	if objects != 2 || managed != 2 {
		t.Errorf("%d and %d marks, want 2 and 2", objects, managed)
	}
}

// bare is the cache of an API server without our kinds.
type bare struct{ cache.Cache }

func (bare) GetInformer(_ context.Context, o client.Object, _ ...cache.InformerGetOption) (cache.Informer, error) {
	switch o.(type) {
	case *v1alpha1.WebSocketRoute:
		return nil, &meta.NoKindMatchError{GroupKind: schema.GroupKind{Group: v1alpha1.GroupName, Kind: "WebSocketRoute"}, SearchedVersions: []string{"v1alpha1"}}
	case *gatewayv1.BackendTLSPolicy:
		return nil, &meta.NoKindMatchError{GroupKind: schema.GroupKind{Group: gatewayv1.GroupName, Kind: "BackendTLSPolicy"}, SearchedVersions: []string{"v1"}}
	}
	return idle{}, nil
}

type idle struct{ cache.Informer }

func (idle) AddEventHandler(toolscache.ResourceEventHandler) (toolscache.ResourceEventHandlerRegistration, error) {
	return nil, nil
}

func TestAllKindsThatAreNotInstalledAreNamed(t *testing.T) {
	err := Watch(t.Context(), bare{}, Marks{})
	if want := "no matches for kind \"WebSocketRoute\" in version \"switchyard.dev/v1alpha1\": install its CustomResourceDefinition\n" +
		"no matches for kind \"BackendTLSPolicy\" in version \"gateway.networking.k8s.io/v1\": install its CustomResourceDefinition"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %v", err, want)
	}
}
