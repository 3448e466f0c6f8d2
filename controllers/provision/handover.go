package provision

import (
	"context"
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// handOverOwner holds the number of pods until an autoscaler first changes it.
const handOverOwner = FieldOwner + "-handover"

// handOver leaves the number of pods to an autoscaler. A field that its only
// owner does not apply any more is removed, and the default is one pod: all
// others would go, with their sessions. So another owner gets the field first,
// as Kubernetes' manual on server-side apply says.
func (a *Applier) handOver(ctx context.Context, w want, there *appsv1.Deployment) error {
	_, wanted, _ := unstructured.NestedInt64(w.fields, "spec", "replicas")
	if wanted || there.Spec.Replicas == nil || !ownsReplicas(there) {
		return nil
	}
	// An autoscaler leaves a Deployment of no pods alone.
	replicas := max(*there.Spec.Replicas, 1)
	held := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": w.fields["apiVersion"],
		"kind":       w.fields["kind"],
		"metadata": map[string]any{
			"namespace": there.Namespace,
			"name":      there.Name,
			// The number was read: it must still be that.
			"resourceVersion": there.ResourceVersion,
		},
		"spec": map[string]any{"replicas": int64(replicas)},
	}}
	return a.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(held), client.FieldOwner(handOverOwner), client.ForceOwnership)
}

// ownsReplicas tells whether spec.replicas was applied by us. A cache that keeps
// no managedFields cannot tell: then it may have been.
func ownsReplicas(there *appsv1.Deployment) bool {
	for _, entry := range there.ManagedFields {
		if entry.Manager != FieldOwner || entry.Operation != metav1.ManagedFieldsOperationApply || entry.Subresource != "" || entry.FieldsV1 == nil {
			continue
		}
		var fields struct {
			Spec struct {
				Replicas *struct{} `json:"f:replicas"`
			} `json:"f:spec"`
		}
		return json.Unmarshal(entry.FieldsV1.Raw, &fields) != nil || fields.Spec.Replicas != nil
	}
	return len(there.ManagedFields) == 0
}
