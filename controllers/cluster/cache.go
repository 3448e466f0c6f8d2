package cluster

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/translate"
)

// CacheOptions are those of the informers: they hold what is needed and no more.
// namespaces are those to watch, all where there are none; home is that of the
// controller itself, which is watched for its own Secrets and ConfigMaps in any
// case.
func CacheOptions(namespaces []string, home string) cache.Options {
	own := labels.SelectorFromSet(labels.Set{provision.ManagedByLabel: provision.ManagedBy})
	watched := configs(namespaces)
	byObject := map[client.Object]cache.ByObject{
		// A Secret of another type is nobody's business here.
		&corev1.Secret{}: {
			Field:      fields.OneTermEqualSelector("type", string(corev1.SecretTypeTLS)),
			Namespaces: withHome(watched, home),
		},
		&corev1.ConfigMap{}: {Transform: onlyAuthorities, Namespaces: withHome(watched, home)},
	}
	for _, object := range managed() {
		byObject[object] = cache.ByObject{Label: own}
	}
	return cache.Options{
		DefaultNamespaces:           watched,
		DefaultTransform:            cache.TransformStripManagedFields(),
		ByObject:                    byObject,
		ReaderFailOnMissingInformer: true,
	}
}

func configs(namespaces []string) map[string]cache.Config {
	if len(namespaces) == 0 {
		return nil
	}
	all := make(map[string]cache.Config, len(namespaces))
	for _, n := range namespaces {
		all[n] = cache.Config{}
	}
	return all
}

// withHome is nil, all namespaces, where watched is.
func withHome(watched map[string]cache.Config, home string) map[string]cache.Config {
	if watched == nil {
		return nil
	}
	all := map[string]cache.Config{home: {}}
	for n, c := range watched {
		all[n] = c
	}
	return all
}

// onlyAuthorities keeps of a ConfigMap what may be read of it: others' may be big.
func onlyAuthorities(object any) (any, error) {
	m, ok := object.(*corev1.ConfigMap)
	if !ok {
		return object, nil
	}
	m.ManagedFields = nil
	if labelled(m) {
		return m, nil
	}
	kept := map[string]string{}
	if pem, ok := m.Data[translate.AuthoritiesKey]; ok {
		kept[translate.AuthoritiesKey] = pem
	}
	m.Data, m.BinaryData, m.Annotations = kept, nil, nil
	return m, nil
}
