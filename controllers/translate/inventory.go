package translate

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// inventory is Objects in order and by name. Lists are in order of precedence:
// the older object first, then the lesser namespace and name.
type inventory struct {
	classes    map[string]*gatewayv1.GatewayClass
	classOrder []*gatewayv1.GatewayClass
	gateways   []*gatewayv1.Gateway
	routes     []*v1alpha1.WebSocketRoute
	policies   []*v1alpha1.WebSocketPolicy
	grants     []*gatewayv1.ReferenceGrant
	services   map[types.NamespacedName]*corev1.Service
	secrets    map[types.NamespacedName]*corev1.Secret
	configMaps map[types.NamespacedName]*corev1.ConfigMap
	// slices are by the Service that they belong to.
	slices     map[types.NamespacedName][]*discoveryv1.EndpointSlice
	namespaces map[string]labels.Set
}

func take(o Objects) *inventory {
	inv := &inventory{
		classes:    map[string]*gatewayv1.GatewayClass{},
		classOrder: ordered(o.GatewayClasses, clusterScoped),
		gateways:   ordered(o.Gateways, namespaced),
		routes:     ordered(o.WebSocketRoutes, namespaced),
		policies:   ordered(o.WebSocketPolicies, namespaced),
		grants:     ordered(o.ReferenceGrants, namespaced),
		services:   byName(ordered(o.Services, namespaced)),
		secrets:    byName(ordered(o.Secrets, namespaced)),
		configMaps: byName(ordered(o.ConfigMaps, namespaced)),
		slices:     map[types.NamespacedName][]*discoveryv1.EndpointSlice{},
		namespaces: map[string]labels.Set{},
	}
	for _, c := range inv.classOrder {
		inv.classes[c.Name] = c
	}
	for _, s := range ordered(o.EndpointSlices, namespaced) {
		service := types.NamespacedName{Namespace: s.Namespace, Name: s.Labels[discoveryv1.LabelServiceName]}
		inv.slices[service] = append(inv.slices[service], s)
	}
	for _, n := range o.Namespaces {
		inv.namespaces[n.Name] = n.Labels
	}
	return inv
}

// labelsOf are the labels of a namespace. One whose object is not known has the
// label that every namespace has.
func (inv *inventory) labelsOf(namespace string) labels.Set {
	set := labels.Set{corev1.LabelMetadataName: namespace}
	return labels.Merge(set, inv.namespaces[namespace])
}

type scope bool

const (
	clusterScoped scope = false
	namespaced    scope = true
)

// ordered copies all in order of precedence, each with its namespace. The
// copies are shallow: what they point to is shared and only read.
func ordered[T any, P interface {
	*T
	metav1.Object
}](all []T, in scope) []P {
	out := make([]P, len(all))
	for i, object := range all {
		out[i] = P(&object)
		if in == namespaced && out[i].GetNamespace() == "" {
			out[i].SetNamespace(defaultNamespace)
		}
	}
	slices.SortStableFunc(out, func(a, b P) int {
		return cmp.Or(
			a.GetCreationTimestamp().Compare(b.GetCreationTimestamp().Time),
			cmp.Compare(a.GetNamespace(), b.GetNamespace()),
			cmp.Compare(a.GetName(), b.GetName()),
		)
	})
	return out
}

func byName[P metav1.Object](all []P) map[types.NamespacedName]P {
	out := make(map[types.NamespacedName]P, len(all))
	for _, object := range all {
		out[nameOf(object)] = object
	}
	return out
}

func nameOf(object metav1.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}
