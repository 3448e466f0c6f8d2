package e2e

import (
	"fmt"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// workload is a Deployment, by name.
type workload struct{ namespace, name string }

var (
	controller = workload{home, "switchyard-controller"}
	gateways   = workload{home, "edge-switchyard"}
	echo       = workload{apps, "echo"}
	mosquitto  = workload{apps, "mosquitto"}
)

func (i *installation) deployment(t *testing.T, w workload) *appsv1.Deployment {
	t.Helper()
	d := &appsv1.Deployment{}
	if err := i.Get(t.Context(), client.ObjectKey{Namespace: w.namespace, Name: w.name}, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// pods are those of a workload, those that are about to end included.
func (i *installation) pods(t *testing.T, w workload) []corev1.Pod {
	t.Helper()
	var list corev1.PodList
	selector := client.MatchingLabels(i.deployment(t, w).Spec.Selector.MatchLabels)
	if err := i.List(t.Context(), &list, client.InNamespace(w.namespace), selector); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func (i *installation) podNames(t *testing.T, w workload) []string {
	t.Helper()
	var names []string
	for _, p := range i.pods(t, w) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// settled waits until a workload is as a test wants it, all its pods are ready,
// and those of before are gone.
func (i *installation) settled(t *testing.T, w workload, as func(*appsv1.Deployment) bool) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s is settled", w.name), func() error {
		d := i.deployment(t, w)
		s, want := d.Status, *d.Spec.Replicas
		pods := len(i.pods(t, w))
		if !as(d) || s.ObservedGeneration < d.Generation || s.UpdatedReplicas != want || s.AvailableReplicas != want || s.Replicas != want || pods != int(want) {
			return fmt.Errorf("%d pods, %d replicas, %d updated, %d available, of %d wanted; generation %d of %d",
				pods, s.Replicas, s.UpdatedReplicas, s.AvailableReplicas, want, s.ObservedGeneration, d.Generation)
		}
		return nil
	})
}

// anyway is for what is settled whatever it is like.
func anyway(*appsv1.Deployment) bool { return true }

func withReplicas(n int32) func(*appsv1.Deployment) bool {
	return func(d *appsv1.Deployment) bool { return *d.Spec.Replicas == n }
}

func withImage(image string) func(*appsv1.Deployment) bool {
	return func(d *appsv1.Deployment) bool { return d.Spec.Template.Spec.Containers[0].Image == image }
}
