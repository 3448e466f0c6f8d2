package provision

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestWhoOwnsTheNumberOfPods(t *testing.T) {
	entry := func(manager, operation, subresource, fields string) metav1.ManagedFieldsEntry {
		return metav1.ManagedFieldsEntry{
			Manager: manager, Operation: metav1.ManagedFieldsOperationType(operation), Subresource: subresource,
			FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)},
		}
	}
	const with, without = `{"f:spec":{"f:replicas":{}}}`, `{"f:spec":{"f:selector":{}}}`
	cases := map[string]struct {
		fields []metav1.ManagedFieldsEntry
		want   bool
	}{
		"we do":                       {[]metav1.ManagedFieldsEntry{entry(FieldOwner, "Apply", "", with)}, true},
		"we do not":                   {[]metav1.ManagedFieldsEntry{entry(FieldOwner, "Apply", "", without)}, false},
		"an autoscaler does":          {[]metav1.ManagedFieldsEntry{entry("kube-controller-manager", "Update", "scale", with), entry(FieldOwner, "Apply", "", without)}, false},
		"somebody did not apply it":   {[]metav1.ManagedFieldsEntry{entry(FieldOwner, "Update", "", with)}, false},
		"who owns what is not known":  {nil, true},
		"fields that nobody can read": {[]metav1.ManagedFieldsEntry{entry(FieldOwner, "Apply", "", "{")}, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{ManagedFields: tc.fields}}
			if got := ownsReplicas(d); got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
