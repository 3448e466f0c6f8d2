package provision

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/translate"
)

// State is what has become of a Gateway's data plane.
type State struct {
	// Addresses are where clients reach it; none while there is no load balancer
	// yet.
	Addresses []gatewayv1.GatewayStatusAddress
	// Ready of the Wanted pods take new sessions.
	Ready, Wanted int32
	// Failure is why Kubernetes does not get pods to run, in its words.
	Failure string
	// Err is why the objects are not what is desired.
	Err error
	// RetryAfter is when Apply would try again; zero where only a change of the
	// objects can help.
	RetryAfter time.Duration
}

// stateOf is what the cluster knows of g's data plane.
func stateOf(g translate.Gateway, c *cluster) State {
	name := client.ObjectKey{Namespace: g.Namespace, Name: Name(g.Gateway)}
	var s State
	if service, ok := c.objects[id{kindService, name}].(*corev1.Service); ok && metav1.IsControlledBy(service, g) {
		s.Addresses = addressesOf(service)
	}
	if d, ok := c.objects[id{kindDeployment, name}].(*appsv1.Deployment); ok && metav1.IsControlledBy(d, g) {
		s.Ready, s.Failure = d.Status.ReadyReplicas, failureOf(d)
		if d.Spec.Replicas != nil {
			s.Wanted = *d.Spec.Replicas
		}
	}
	return s
}

// addressesOf are those of the load balancer; of a Service that asks for none,
// its own.
func addressesOf(s *corev1.Service) []gatewayv1.GatewayStatusAddress {
	var all []gatewayv1.GatewayStatusAddress
	if s.Spec.Type != corev1.ServiceTypeLoadBalancer {
		for _, ip := range s.Spec.ClusterIPs {
			if ip != corev1.ClusterIPNone {
				all = append(all, address(gatewayv1.IPAddressType, ip))
			}
		}
		return all
	}
	for _, i := range s.Status.LoadBalancer.Ingress {
		if i.IP != "" {
			all = append(all, address(gatewayv1.IPAddressType, i.IP))
		}
		if i.Hostname != "" {
			all = append(all, address(gatewayv1.HostnameAddressType, i.Hostname))
		}
	}
	return all
}

func address(kind gatewayv1.AddressType, value string) gatewayv1.GatewayStatusAddress {
	return gatewayv1.GatewayStatusAddress{Type: &kind, Value: value}
}

// failureOf prefers what the API server said to the pods, such as that a quota
// is used up, to the time that has passed since.
func failureOf(d *appsv1.Deployment) string {
	failure := ""
	for _, c := range d.Status.Conditions {
		switch {
		case c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue:
			return c.Message
		case c.Type == appsv1.DeploymentProgressing && c.Status == corev1.ConditionFalse:
			failure = c.Message
		}
	}
	return failure
}
