package kubetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// warm asks once for every kind that was installed. The API server makes its
// cache of a kind at the first request and has clients come back after a second;
// asked one by one they would wait a second for each.
func warm(c client.Client, crds []*apiextensionsv1.CustomResourceDefinition) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()

	var all sync.WaitGroup
	failures := make([]error, len(crds))
	for i, crd := range crds {
		for _, version := range crd.Spec.Versions {
			if !version.Storage || !version.Served {
				continue
			}
			list := &unstructured.UnstructuredList{}
			list.SetGroupVersionKind(schema.GroupVersionKind{Group: crd.Spec.Group, Version: version.Name, Kind: crd.Spec.Names.ListKind})
			all.Go(func() {
				if err := c.List(ctx, list); err != nil {
					failures[i] = fmt.Errorf("the first request for %s: %w", crd.Name, err)
				}
			})
		}
	}
	all.Wait()
	return errors.Join(failures...)
}
