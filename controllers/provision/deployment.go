package provision

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"switchyard.dev/controllers/translate"
)

// oldRevisions are kept for a rollback by hand.
const oldRevisions = 2

// deployment runs g's pods. While they are replaced there are never fewer ready
// ones than asked for.
func deployment(g translate.Gateway, o Options) (*appsv1.Deployment, error) {
	template, err := podTemplate(g, o)
	if err != nil {
		return nil, err
	}
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: kindDeployment},
		ObjectMeta: metaOf(g.Gateway),
		Spec: appsv1.DeploymentSpec{
			Replicas:             replicas(g.Parameters),
			RevisionHistoryLimit: new(int32(oldRevisions)),
			Selector:             &metav1.LabelSelector{MatchLabels: selectorOf(g.Gateway)},
			Strategy: appsv1.DeploymentStrategy{
				Type: appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{
					MaxUnavailable: new(intstr.FromInt32(0)),
					MaxSurge:       new(intstr.FromString("25%")),
				},
			},
			Template: template,
		},
	}, nil
}

// podTemplate must not depend on what the gateway serves: it takes listeners
// and routes while it runs, and another template would replace every pod and end
// every session.
func podTemplate(g translate.Gateway, o Options) (corev1.PodTemplateSpec, error) {
	drain, err := drainOf(g.Parameters.Drain)
	if err != nil {
		return corev1.PodTemplateSpec{}, err
	}
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labelsOf(g.Gateway), Annotations: annotationsOf(g.Gateway)},
		Spec:       podSpec(g, o, drain),
	}
	if g.Parameters.PodTemplate == nil {
		return template, nil
	}
	return patched(g, template)
}
