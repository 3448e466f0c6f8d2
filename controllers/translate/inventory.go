package translate

import (
	"cmp"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// inventory is Objects by name and, where one may be in the way of another, in
// order of precedence.
type inventory struct {
	classes         []gatewayv1.GatewayClass
	gateways        []*gatewayv1.Gateway
	routes          []*v1alpha1.WebSocketRoute
	policies        []*v1alpha1.WebSocketPolicy
	backendPolicies []*gatewayv1.BackendTLSPolicy
	parameters      map[types.NamespacedName]*v1alpha1.GatewayParameters
	grants          grants
	services        map[types.NamespacedName]*corev1.Service
	secrets         map[types.NamespacedName]*corev1.Secret
	configMaps      map[types.NamespacedName]*corev1.ConfigMap
	// slices are by the Service that they belong to.
	slices     map[types.NamespacedName][]*discoveryv1.EndpointSlice
	namespaces map[string]labels.Set
	now        time.Time
}

func take(o Objects) *inventory {
	inv := &inventory{
		classes:         o.GatewayClasses,
		gateways:        ordered(namespaced(o.Gateways)),
		routes:          ordered(namespaced(o.WebSocketRoutes)),
		policies:        ordered(namespaced(o.WebSocketPolicies)),
		backendPolicies: ordered(namespaced(o.BackendTLSPolicies)),
		parameters:      byName(namespaced(o.GatewayParameters)),
		grants:          grantsOf(namespaced(o.ReferenceGrants)),
		services:        byName(namespaced(o.Services)),
		secrets:         byName(namespaced(o.Secrets)),
		configMaps:      byName(namespaced(o.ConfigMaps)),
		slices:          byService(o.EndpointSlices),
		namespaces:      make(map[string]labels.Set, len(o.Namespaces)),
		now:             o.Now,
	}
	for i := range o.Namespaces {
		n := &o.Namespaces[i]
		inv.namespaces[n.Name] = labels.Merge(ownLabel(n.Name), n.Labels)
	}
	return inv
}

// labelsOf are the labels of a namespace. One whose object is not known has the
// label that every namespace has.
func (inv *inventory) labelsOf(namespace string) labels.Set {
	if known, ok := inv.namespaces[namespace]; ok {
		return known
	}
	return ownLabel(namespace)
}

func ownLabel(namespace string) labels.Set {
	return labels.Set{corev1.LabelMetadataName: namespace}
}

// namespaced points to all. One that says no namespace is copied, shallowly, to
// be given one: the objects are the caller's.
func namespaced[T any, P interface {
	*T
	metav1.Object
}](all []T) []P {
	out := make([]P, len(all))
	for i := range all {
		out[i] = &all[i]
		if out[i].GetNamespace() == "" {
			object := all[i]
			out[i] = &object
			out[i].SetNamespace(defaultNamespace)
		}
	}
	return out
}

// ordered sorts all by precedence: "The oldest [...] based on creation
// timestamp", then "appearing first in alphabetical order by
// {namespace}/{name}" (Gateway API). One without a time is older than all that
// have one.
func ordered[P metav1.Object](all []P) []P {
	slices.SortFunc(all, func(a, b P) int {
		return cmp.Or(born(a).Compare(born(b)), compareNames(nameOf(a), nameOf(b)))
	})
	return all
}

// born is when an object was created, the epoch where it does not say: so reads
// the gateway what has no time.
func born(object metav1.Object) time.Time {
	if at := object.GetCreationTimestamp(); !at.IsZero() {
		return at.Time
	}
	return time.Unix(0, 0)
}

// compareNames compares as "namespace/name", in which "a-b/c" is before "a/b".
func compareNames(a, b types.NamespacedName) int {
	if a.Namespace == b.Namespace {
		return cmp.Compare(a.Name, b.Name)
	}
	return cmp.Compare(a.Namespace+"/", b.Namespace+"/")
}

func byName[P metav1.Object](all []P) map[types.NamespacedName]P {
	out := make(map[types.NamespacedName]P, len(all))
	for _, object := range all {
		out[nameOf(object)] = object
	}
	return out
}

// byService are EndpointSlices by the Service that they belong to.
func byService(all []discoveryv1.EndpointSlice) map[types.NamespacedName][]*discoveryv1.EndpointSlice {
	out := make(map[types.NamespacedName][]*discoveryv1.EndpointSlice, len(all))
	for _, s := range namespaced(all) {
		service := types.NamespacedName{Namespace: s.Namespace, Name: s.Labels[discoveryv1.LabelServiceName]}
		out[service] = append(out[service], s)
	}
	return out
}

func nameOf(object metav1.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}
