package cluster

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/provision"
)

const home = "switchyard-system"

// byKind are the options of one kind.
func byKind[T client.Object](t *testing.T, o cache.Options) cache.ByObject {
	t.Helper()
	for object, options := range o.ByObject {
		if _, ok := object.(T); ok {
			return options
		}
	}
	var kind T
	t.Fatalf("%T has no options of its own", kind)
	return cache.ByObject{}
}

func namespacesOf(m map[string]cache.Config) []string { return slices.Sorted(maps.Keys(m)) }

func TestWhichNamespacesAreWatched(t *testing.T) {
	for name, tc := range map[string]struct{ watched, want, withHome []string }{
		"all":               {},
		"some":              {[]string{"b", "a"}, []string{"a", "b"}, []string{"a", "b", home}},
		"the home among it": {[]string{"a", home}, []string{"a", home}, []string{"a", home}},
	} {
		t.Run(name, func(t *testing.T) {
			o := CacheOptions(tc.watched, home)
			if got := namespacesOf(o.DefaultNamespaces); !slices.Equal(got, tc.want) {
				t.Errorf("of most kinds those of %v are watched, want %v", got, tc.want)
			}
			// The controller's own Secrets and ConfigMaps are in its home.
			for kind, options := range map[string]cache.ByObject{
				"Secrets": byKind[*corev1.Secret](t, o), "ConfigMaps": byKind[*corev1.ConfigMap](t, o),
			} {
				if got := namespacesOf(options.Namespaces); !slices.Equal(got, tc.withHome) {
					t.Errorf("%s of %v are watched, want %v", kind, got, tc.withHome)
				}
			}
		})
	}
}

func TestOnlyWhatIsNeededIsHeld(t *testing.T) {
	o := CacheOptions(nil, home)
	if got, want := byKind[*corev1.Secret](t, o).Field.String(), "type=kubernetes.io/tls"; got != want {
		t.Errorf("Secrets are selected by %s, want %s", got, want)
	}
	own := labels.Set{"app.kubernetes.io/managed-by": "switchyard"}
	for object, options := range o.ByObject {
		switch object.(type) {
		case *corev1.Secret, *corev1.ConfigMap:
			continue
		}
		if options.Label == nil || !options.Label.Matches(own) || options.Label.Matches(labels.Set{}) {
			t.Errorf("%T is selected by %v, want those that are marked as ours", object, options.Label)
		}
	}
	// Services are users' too; the other kinds of a data plane are ours alone.
	for _, kind := range provision.Kinds() {
		if _, ok := kind.(*corev1.Service); ok {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(o.ByObject)), func(held client.Object) bool {
			return cmp.Equal(held, kind)
		}) {
			t.Errorf("%T is held whoever made it", kind)
		}
	}
	if !o.ReaderFailOnMissingInformer {
		t.Error("a kind that is not watched would be listed, and watched from then on, in silence")
	}
	got, err := o.DefaultTransform(&corev1.Service{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "x"}}}})
	if err != nil || len(got.(*corev1.Service).ManagedFields) != 0 {
		t.Errorf("managed fields are held: %v, %v", got, err)
	}
}

func TestWhatIsHeldOfAConfigMap(t *testing.T) {
	const pem = "-----BEGIN CERTIFICATE-----"
	made := func(labels, data map[string]string) *corev1.ConfigMap {
		return &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "a", Name: "b", UID: "c", ResourceVersion: "7", Labels: labels,
				Annotations:   map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "big"},
				ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "x"}},
			},
			Data: data, BinaryData: map[string][]byte{"page": {1}},
		}
	}
	ours := map[string]string{provision.ManagedByLabel: provision.ManagedBy}
	held := func(data map[string]string) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "b", UID: "c", ResourceVersion: "7"}, Data: data}
	}
	whole := func(labels, data map[string]string) *corev1.ConfigMap {
		m := made(labels, data)
		m.ManagedFields = nil
		return m
	}
	for name, tc := range map[string]struct{ object, want any }{
		"an authority": {
			made(nil, map[string]string{"ca.crt": pem, "page": "big"}),
			held(map[string]string{"ca.crt": pem}),
		},
		"anything else": {made(nil, map[string]string{"page": "big"}), held(map[string]string{})},
		"an empty one":  {made(nil, nil), held(map[string]string{})},
		"one of ours": {
			made(ours, map[string]string{"reports": "[]"}),
			whole(ours, map[string]string{"reports": "[]"}),
		},
		"what is none": {"tombstone", "tombstone"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := onlyAuthorities(tc.object)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("unlike expected (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEverythingIsReadAndTheJudgedAlone(t *testing.T) {
	in := func(o client.Object, name string) client.Object {
		o.SetNamespace("a")
		o.SetName(name)
		return o
	}
	class := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "class"}}
	reader := fake.NewClientBuilder().WithScheme(newInformers(t).Scheme).WithObjects(
		class, in(&gatewayv1.Gateway{}, "gateway"), in(&v1alpha1.WebSocketRoute{}, "route"), in(&v1alpha1.WebSocketPolicy{}, "policy"),
		in(&gatewayv1.BackendTLSPolicy{}, "tls"), in(&v1alpha1.GatewayParameters{}, "parameters"), in(&corev1.Service{}, "service"),
	).Build()
	all, err := Read(t.Context(), reader)
	if err != nil {
		t.Fatal(err)
	}
	if len(all.GatewayClasses) != 1 || len(all.Gateways) != 1 || len(all.WebSocketRoutes) != 1 || len(all.WebSocketPolicies) != 1 ||
		len(all.BackendTLSPolicies) != 1 || len(all.GatewayParameters) != 1 || len(all.Services) != 1 || all.Services[0].Name != "service" {
		t.Errorf("read %+v", all)
	}
	judged, err := ReadJudged(t.Context(), reader)
	if err != nil {
		t.Fatal(err)
	}
	all.GatewayParameters, all.Services = nil, nil
	all.ReferenceGrants, all.EndpointSlices, all.Secrets, all.ConfigMaps, all.Namespaces = nil, nil, nil, nil, nil
	if diff := cmp.Diff(all, judged); diff != "" {
		t.Errorf("unlike expected (-want +got):\n%s", diff)
	}
}
