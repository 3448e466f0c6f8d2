package chart

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everything is every switch that is off without values, and what else makes
// objects bigger.
const everything = `
imagePullSecrets: [{name: registry}]
controller:
  watchNamespaces: [iot]
  allowAnyAddress: true
  log: {level: debug}
  resources: {limits: {memory: 512Mi}}
  extraEnv: [{name: GODEBUG, value: gctrace=1}]
gateway:
  listeners:
  - {name: ws, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: All}}}
  - {name: wss, protocol: HTTPS, port: 443, hostname: "*.example.com", tls: {certificateRefs: [{name: example-com}]}}
  - {name: other, protocol: HTTPS, port: 443, hostname: example.com, tls: {certificateRefs: [{name: example-com}]}}
  parameters:
    autoscaling: {minReplicas: 2, maxReplicas: 10, targetCPUUtilizationPercentage: 50}
    service: {type: LoadBalancer, annotations: {example.com/name: edge}, loadBalancerSourceRanges: [192.0.2.0/24], externalTrafficPolicy: Local}
    resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 1Gi}}
    podTemplate: {spec: {priorityClassName: system-cluster-critical}}
    drain: {window: 30s, timeout: 1m}
networkPolicy: {enabled: true}
metrics: {dashboard: {enabled: true}}
`

// without are the objects of the chart without values.
var without = []string{
	"ClusterRole switchyard-controller",
	"ClusterRoleBinding switchyard-controller",
	"Deployment switchyard-system/switchyard-controller",
	"Gateway switchyard-system/edge",
	"GatewayClass switchyard",
	"PodDisruptionBudget switchyard-system/switchyard-controller",
	"Role switchyard-system/switchyard-controller",
	"RoleBinding switchyard-system/switchyard-controller",
	"Service switchyard-system/switchyard-controller",
	"ServiceAccount switchyard-system/switchyard-controller",
}

// TestSwitches tells what each adds to the objects that are there without it,
// and what it takes away.
func TestSwitches(t *testing.T) {
	type ids = []string
	for name, tc := range map[string]struct {
		values      string
		adds, takes ids
	}{
		"none":                  {},
		"no GatewayClass":       {"gatewayClass: {create: false}", nil, ids{"GatewayClass switchyard"}},
		"no Gateway":            {"{gateway: {create: false, parameters: {replicas: 1}}}", nil, ids{"Gateway switchyard-system/edge"}},
		"parameters":            {"gateway: {parameters: {replicas: 3}}", ids{"GatewayParameters switchyard-system/edge"}, nil},
		"NetworkPolicies":       {"networkPolicy: {enabled: true}", ids{"NetworkPolicy switchyard-system/edge-switchyard", "NetworkPolicy switchyard-system/switchyard-controller"}, nil},
		"one without a Gateway": {"{networkPolicy: {enabled: true}, gateway: {create: false}}", ids{"NetworkPolicy switchyard-system/switchyard-controller"}, ids{"Gateway switchyard-system/edge"}},
		"a ServiceMonitor":      {"metrics: {serviceMonitor: {enabled: true}}", ids{"ServiceMonitor switchyard-system/switchyard-controller"}, nil},
		"a PodMonitor":          {"metrics: {podMonitor: {enabled: true}}", ids{"PodMonitor switchyard-system/switchyard-gateways"}, nil},
		"alerts":                {"metrics: {prometheusRule: {enabled: true}}", ids{"PrometheusRule switchyard-system/switchyard"}, nil},
		"a dashboard":           {"metrics: {dashboard: {enabled: true}}", ids{"ConfigMap switchyard-system/switchyard-dashboard"}, nil},
		"namespaces to watch": {"controller: {watchNamespaces: [iot]}", ids{
			"ClusterRole switchyard-controller-cluster", "ClusterRoleBinding switchyard-controller-cluster",
			"RoleBinding iot/switchyard-controller-objects", "RoleBinding switchyard-system/switchyard-controller-objects",
		}, ids{"ClusterRoleBinding switchyard-controller"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := map[string]bool{}
			for _, id := range append(append(ids{}, without...), tc.adds...) {
				want[id] = true
			}
			for _, id := range tc.takes {
				delete(want, id)
			}
			got := map[string]bool{}
			for id := range template(t, tc.values) {
				got[id] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLabels: what is common to all objects is what Helm's users look for, and
// none is taken for an object of a Gateway's.
func TestLabels(t *testing.T) {
	for id, object := range template(t, everything) {
		labels := object.GetLabels()
		for key, want := range map[string]string{
			"app.kubernetes.io/name": "switchyard", "app.kubernetes.io/instance": "switchyard", "app.kubernetes.io/managed-by": "Helm",
			"app.kubernetes.io/version": "0.1.0", "helm.sh/chart": "switchyard-0.1.0",
		} {
			if labels[key] != want {
				t.Errorf("%s: label %s is %q: want %q", id, key, labels[key], want)
			}
		}
		if labels["app.kubernetes.io/component"] == "gateway" {
			t.Errorf("%s says that it is a gateway", id)
		}
	}
}
