package provision

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/translate"
)

// Options are what all data planes have in common.
type Options struct {
	// Image has the program switchyard-gateway on its path.
	Image string
	// Controller is the host:port at which gateways are given their configuration.
	Controller string
}

// Desired are the objects that g's data plane is made of, complete for
// server-side apply. The same g gives the same objects.
//
// A Gateway without a listener that can be served has no Service, which needs a
// port. Its pods run all the same, and take the first listener without a start.
func Desired(g translate.Gateway, o Options) ([]client.Object, error) {
	deployment, err := deployment(g, o)
	if err != nil {
		return nil, err
	}
	objects := []client.Object{serviceAccount(g), deployment}
	service, err := service(g)
	if err != nil {
		return nil, err
	}
	if len(service.Spec.Ports) > 0 {
		objects = append(objects, service)
	}
	if most(g.Parameters) > 1 {
		objects = append(objects, disruptionBudget(g))
	}
	if g.Parameters.Autoscaling != nil {
		autoscaler, err := autoscaler(g)
		if err != nil {
			return nil, err
		}
		objects = append(objects, autoscaler)
	}
	return objects, nil
}

// serviceAccount is one that may do nothing: taking over the process that faces
// the internet must not yield the cluster.
func serviceAccount(g translate.Gateway) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: kindServiceAccount},
		ObjectMeta:                   metaOf(g.Gateway),
		AutomountServiceAccountToken: new(false),
	}
}
