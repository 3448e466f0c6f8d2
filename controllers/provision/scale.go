package provision

import (
	"errors"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

const (
	defaultReplicas  = 2
	defaultTargetCPU = 70
	// A pod that goes takes its sessions with it, and their clients all come back
	// at once, which costs CPU where they come to: pods go late, and few at a time.
	scaleDownAfter   = 10 * time.Minute
	scaleDownPeriod  = 2 * time.Minute
	scaleDownPods    = 1
	scaleDownPercent = 10
)

// replicas is how many pods there are to be; nil where an autoscaler says so.
func replicas(p v1alpha1.GatewayParametersSpec) *int32 {
	switch {
	case p.Autoscaling != nil:
		return nil
	case p.Replicas != nil:
		return p.Replicas
	default:
		return new(int32(defaultReplicas))
	}
}

// most is how many pods there may be.
func most(p v1alpha1.GatewayParametersSpec) int32 {
	if p.Autoscaling != nil {
		return p.Autoscaling.MaxReplicas
	}
	return *replicas(p)
}

// disruptionBudget lets the cluster's upkeep take one pod at a time.
func disruptionBudget(g translate.Gateway) *policyv1.PodDisruptionBudget {
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policy/v1", Kind: kindPodDisruptionBudget},
		ObjectMeta: metaOf(g.Gateway),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable: new(intstr.FromInt32(1)),
			Selector:       &metav1.LabelSelector{MatchLabels: selectorOf(g.Gateway)},
			// Pods that never became ready serve nobody: they keep no node from
			// being drained.
			UnhealthyPodEvictionPolicy: new(policyv1.AlwaysAllow),
		},
	}
}

// autoscaler chooses the number of pods by the CPU that the gateway's container
// uses, whatever other containers a patch has put beside it.
func autoscaler(g translate.Gateway) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	if !requestsCPU(resources(g.Parameters)) {
		return nil, errors.New("GatewayParameters spec.autoscaling: the CPU in use is measured against spec.resources.requests.cpu: set it")
	}
	p := g.Parameters.Autoscaling
	least := min(defaultReplicas, p.MaxReplicas)
	if p.MinReplicas != nil {
		least = *p.MinReplicas
	}
	target := int32(defaultTargetCPU)
	if p.TargetCPUUtilizationPercentage != nil {
		target = *p.TargetCPUUtilizationPercentage
	}
	return &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta:   metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: kindHorizontalPodAutoscaler},
		ObjectMeta: metaOf(g.Gateway),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: kindDeployment, Name: Name(g.Gateway)},
			MinReplicas:    &least,
			MaxReplicas:    p.MaxReplicas,
			Metrics: []autoscalingv2.MetricSpec{{
				Type: autoscalingv2.ContainerResourceMetricSourceType,
				ContainerResource: &autoscalingv2.ContainerResourceMetricSource{
					Name:      corev1.ResourceCPU,
					Container: containerName,
					Target:    autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &target},
				},
			}},
			Behavior: &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleDown: scaleDown()},
		},
	}, nil
}

func scaleDown() *autoscalingv2.HPAScalingRules {
	period := int32(seconds(scaleDownPeriod))
	return &autoscalingv2.HPAScalingRules{
		StabilizationWindowSeconds: new(int32(seconds(scaleDownAfter))),
		SelectPolicy:               new(autoscalingv2.MaxChangePolicySelect),
		Policies: []autoscalingv2.HPAScalingPolicy{
			{Type: autoscalingv2.PodsScalingPolicy, Value: scaleDownPods, PeriodSeconds: period},
			{Type: autoscalingv2.PercentScalingPolicy, Value: scaleDownPercent, PeriodSeconds: period},
		},
	}
}

// requestsCPU also takes a limit: it is the request where there is no other.
func requestsCPU(r corev1.ResourceRequirements) bool {
	request, ok := r.Requests[corev1.ResourceCPU]
	if !ok {
		request = r.Limits[corev1.ResourceCPU]
	}
	return !request.IsZero()
}
