package api

import (
	"testing"

	"switchyard.dev/api/v1alpha1"
)

func TestParametersAreTakenOrRefused(t *testing.T) {
	const (
		balancer = `spec.service: Invalid value: loadBalancerClass and loadBalancerSourceRanges are for type LoadBalancer: leave them out`
		traffic  = `spec.service: Invalid value: externalTrafficPolicy is for types LoadBalancer and NodePort: leave it out`
	)
	verdicts{
		"nothing said": {},
		"everything said": {spec: `
autoscaling: {minReplicas: 2, maxReplicas: 1000, targetCPUUtilizationPercentage: 80}
service:
  type: LoadBalancer
  annotations: {service.beta.kubernetes.io/aws-load-balancer-type: nlb, name: value}
  loadBalancerClass: example.com/fast
  loadBalancerSourceRanges: [192.0.2.0/24, "2001:db8::/32"]
  externalTrafficPolicy: Local
resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 1Gi}}
podTemplate: {spec: {tolerations: [{key: edge, operator: Exists}], containers: [{name: gateway, env: [{name: A, value: b}]}]}}
drain: {window: 30s, timeout: 0s}
`},
		"no pods":                    {spec: `replicas: 0`},
		"the type left to the class": {spec: `service: {loadBalancerClass: a, externalTrafficPolicy: Local}`},
		"replicas and autoscaling": {
			spec: `{replicas: 2, autoscaling: {maxReplicas: 5}}`,
			want: `spec: Invalid value: replicas and autoscaling exclude each other: leave one out`,
		},
		"replicas -1": {
			spec: `replicas: -1`,
			want: `spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0`,
		},
		"replicas 1001": {
			spec: `replicas: 1001`,
			want: `spec.replicas: Invalid value: 1001: spec.replicas in body should be less than or equal to 1000`,
		},
		"autoscaling without an upper bound": {
			spec: `autoscaling: {minReplicas: 2}`,
			want: `spec.autoscaling.maxReplicas: Required value`,
		},
		"autoscaling with its bounds the wrong way round": {
			spec: `autoscaling: {minReplicas: 3, maxReplicas: 2}`,
			want: `spec.autoscaling: Invalid value: want minReplicas to be at most maxReplicas`,
		},
		"autoscaling from no pods": {
			spec: `autoscaling: {minReplicas: 0, maxReplicas: 2}`,
			want: `spec.autoscaling.minReplicas: Invalid value: 0: spec.autoscaling.minReplicas in body should be greater than or equal to 1`,
		},
		"a type that is no way to reach a Gateway": {
			spec: `service: {type: ExternalName}`,
			want: `spec.service.type: Unsupported value: "ExternalName": supported values: "LoadBalancer", "NodePort", "ClusterIP"`,
		},
		"a class of load balancers without one": {spec: `service: {type: NodePort, loadBalancerClass: a}`, want: balancer},
		"source ranges without a load balancer": {spec: `service: {type: ClusterIP, loadBalancerSourceRanges: [192.0.2.0/24]}`, want: balancer},
		"outside traffic of a Service inside":   {spec: `service: {type: ClusterIP, externalTrafficPolicy: Local}`, want: traffic},
		"outside traffic of ports of nodes":     {spec: `service: {type: NodePort, externalTrafficPolicy: Local}`},
		"an unknown policy for outside traffic": {
			spec: `service: {externalTrafficPolicy: Near}`,
			want: `spec.service.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"`,
		},
		"a source range that is an address": {
			spec: `service: {loadBalancerSourceRanges: [192.0.2.1]}`,
			want: `spec.service.loadBalancerSourceRanges[0]: Invalid value: "192.0.2.1": want a network such as "192.0.2.0/24" or "2001:db8::/32"`,
		},
		"too many source ranges": {
			spec: `service: {loadBalancerSourceRanges: [` + times(65, "10.0.%d.0/24,") + `]}`,
			want: `spec.service.loadBalancerSourceRanges: Too many: 65: must have at most 64 items`,
		},
		"a name that no annotation can have": {
			spec: `service: {annotations: {"a b": c}}`,
			want: `spec.service.annotations: Invalid value: want names of annotations, such as "example.com/name"`,
		},
		"too many annotations": {
			spec: `service: {annotations: {` + times(65, "a%d: b,") + `}}`,
			want: `spec.service.annotations: Too many: 65: must have at most 64 items`,
		},
		"a window that is no duration": {
			spec: `drain: {window: soon}`,
			want: `spec.drain.window: Invalid value: "soon": spec.drain.window in body should match '^([0-9]{1,5}(h|m|s|ms)){1,4}$'
spec.drain.window: Invalid value: "soon": want a duration such as "1h", "90s" or "1m30s"`,
		},
		"a timeout that is no duration": {
			spec: `drain: {timeout: "15"}`,
			want: `spec.drain.timeout: Invalid value: "15": spec.drain.timeout in body should match '^([0-9]{1,5}(h|m|s|ms)){1,4}$'
spec.drain.timeout: Invalid value: "15": want a duration such as "1h", "90s" or "1m30s"`,
		},
		"a quantity that is none": {
			spec: `resources: {limits: {memory: much}}`,
			want: `spec.resources.limits.memory: Invalid value: "much": spec.resources.limits.memory in body should match ` +
				`'^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$'`,
		},
		"a patch that is a string": {
			spec: `podTemplate: gateway`,
			want: `spec.podTemplate: Invalid value: "string": spec.podTemplate in body must be of type object: "string"`,
		},
	}.check(t, v1alpha1.KindGatewayParameters, "")
}
