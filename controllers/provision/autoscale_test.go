package provision

import (
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// scale does what an autoscaler does.
func (r *rig) scale(deployment string, replicas int32) {
	r.Helper()
	scale := &autoscalingv1.Scale{Spec: autoscalingv1.ScaleSpec{Replicas: replicas}}
	err := r.plain.SubResource("scale").Update(r.Context(), r.deployment(deployment), client.WithSubResourceBody(scale), client.FieldOwner("kube-controller-manager"))
	if err != nil {
		r.Fatal(err)
	}
}

func autoscalerComesAndGoes(r *rig) {
	g := r.gateway("edge", 80)
	g.Parameters.Replicas = new(int32(4))
	r.mustApply(g)

	g.Parameters.Replicas, g.Parameters.Autoscaling = nil, &v1alpha1.Autoscaling{MaxReplicas: 9}
	before := r.deployment("edge-switchyard").Generation
	states, calls := r.mustApply(g)
	// Once to hand the number of pods over, once without it.
	r.want(calls, []string{"apply Deployment", "apply Deployment", "get HorizontalPodAutoscaler", "apply HorizontalPodAutoscaler"})
	r.want(r.owned(g), autoscaled)
	r.want(states["edge"].Wanted, int32(4))
	r.want(r.deployment("edge-switchyard").Generation, before)

	r.scale("edge-switchyard", 7)
	states, _ = r.mustApply(g)
	r.want(states["edge"].Wanted, int32(7))
	// What the Deployment is otherwise may change meanwhile.
	g.Parameters.Drain = &v1alpha1.Drain{Window: new(gatewayv1.Duration("1s"))}
	_, calls = r.mustApply(g)
	r.want(calls, []string{"apply Deployment"})
	r.want(*r.deployment("edge-switchyard").Spec.Replicas, int32(7))

	g.Parameters.Autoscaling = nil
	states, calls = r.mustApply(g)
	r.want(calls, []string{"apply Deployment", "delete HorizontalPodAutoscaler"})
	r.want(r.owned(g), basic)
	r.want(states["edge"].Wanted, int32(defaultReplicas))

	// One pod needs no budget.
	g.Parameters.Replicas = new(int32(1))
	_, calls = r.mustApply(g)
	r.want(calls, []string{"apply Deployment", "delete PodDisruptionBudget"})
}

func autoscalerOfNone(r *rig) {
	g := r.gateway("edge", 80)
	g.Parameters.Replicas = new(int32(0))
	r.mustApply(g)
	g.Parameters.Replicas, g.Parameters.Autoscaling = nil, &v1alpha1.Autoscaling{MaxReplicas: 9}
	r.mustApply(g)
	r.want(*r.deployment("edge-switchyard").Spec.Replicas, int32(1))
}
