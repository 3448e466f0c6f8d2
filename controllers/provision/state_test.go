package provision

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

func addressesAndFailures(r *rig) {
	g := r.gateway("edge", 80)
	states, _ := r.mustApply(g)
	r.want(states["edge"].Addresses, []gatewayv1.GatewayStatusAddress(nil))

	s, d := r.service("edge-switchyard"), r.deployment("edge-switchyard")
	s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "192.0.2.1"}, {IP: "2001:db8::1"}, {Hostname: "lb.example.com"}}
	d.Status.Conditions = []appsv1.DeploymentCondition{
		{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Message: "it has timed out progressing"},
	}
	for _, o := range []client.Object{s, d} {
		if err := r.plain.Status().Update(r.Context(), o); err != nil {
			r.Fatal(err)
		}
	}
	states, _ = r.mustApply(g)
	r.want(states["edge"], State{Wanted: 2, Failure: "it has timed out progressing", Addresses: []gatewayv1.GatewayStatusAddress{
		address(gatewayv1.IPAddressType, "192.0.2.1"), address(gatewayv1.IPAddressType, "2001:db8::1"), address(gatewayv1.HostnameAddressType, "lb.example.com"),
	}})

	d = r.deployment("edge-switchyard")
	d.Status.Conditions = append(d.Status.Conditions,
		appsv1.DeploymentCondition{Type: appsv1.DeploymentReplicaFailure, Status: corev1.ConditionTrue, Message: "exceeded quota"})
	if err := r.plain.Status().Update(r.Context(), d); err != nil {
		r.Fatal(err)
	}
	g.Parameters.Service = &v1alpha1.ServiceParameters{Type: new(corev1.ServiceTypeClusterIP)}
	states, _ = r.mustApply(g)
	r.want(states["edge"], State{Wanted: 2, Failure: "exceeded quota", Addresses: []gatewayv1.GatewayStatusAddress{
		address(gatewayv1.IPAddressType, r.service("edge-switchyard").Spec.ClusterIP),
	}})
}

// cacheIsBehind: the change that was just applied is not in the cache yet.
func cacheIsBehind(r *rig) {
	g := r.gateway("edge", 80)
	r.mustApply(g)
	old := &appsv1.DeploymentList{Items: []appsv1.Deployment{*r.deployment("edge-switchyard")}}
	g.Parameters.Replicas = new(int32(3))
	r.mustApply(g)
	r.applier.client = interceptor.NewClient(r.counted, interceptor.Funcs{
		List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
			if deployments, ok := list.(*appsv1.DeploymentList); ok {
				old.DeepCopyInto(deployments)
				return nil
			}
			return c.List(ctx, list, opts...)
		},
	})
	_, calls := r.mustApply(g)
	r.want(calls, []string(nil))
	r.want(*r.deployment("edge-switchyard").Spec.Replicas, int32(3))
}
