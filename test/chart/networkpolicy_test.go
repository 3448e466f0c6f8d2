package chart

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const closed = `
networkPolicy: {enabled: true, monitoring: [{namespaceSelector: {matchLabels: {team: monitoring}}}]}
gateway:
  listeners:
  - {name: ws, protocol: HTTP, port: 80}
  - {name: wss, protocol: HTTPS, port: 443, hostname: a.example.com}
  - {name: more, protocol: HTTPS, port: 443, hostname: b.example.com}
`

// ports are those of a rule of ingress, by name or number.
func ports(rule networkingv1.NetworkPolicyIngressRule) (all []string) {
	for _, p := range rule.Ports {
		all = append(all, p.Port.String())
	}
	return all
}

func TestTheControllerIsReachedByGatewaysAndMonitors(t *testing.T) {
	all := template(t, closed)
	policy := get[*networkingv1.NetworkPolicy](t, all, "NetworkPolicy "+controllerName).Spec
	pod := get[*appsv1.Deployment](t, all, "Deployment "+controllerName).Spec.Template
	if !matches(t, &policy.PodSelector, pod.Labels) || matches(t, &policy.PodSelector, gatewayPod(t).Labels) {
		t.Errorf("it is for %v", policy.PodSelector)
	}
	if diff := cmp.Diff([]networkingv1.PolicyType{networkingv1.PolicyTypeIngress}, policy.PolicyTypes); diff != "" {
		t.Error(diff)
	}
	if len(policy.Ingress) != 2 {
		t.Fatalf("it has %d rules: want two", len(policy.Ingress))
	}
	gateways, monitors := policy.Ingress[0], policy.Ingress[1]
	if diff := cmp.Diff([]string{"xds"}, ports(gateways)); diff != "" {
		t.Error(diff)
	}
	from := gateways.From[0]
	if len(gateways.From) != 1 || !matches(t, from.PodSelector, gatewayPod(t).Labels) || matches(t, from.PodSelector, pod.Labels) || !matches(t, from.NamespaceSelector, labels.Set{}) {
		t.Errorf("gateways are %v", gateways.From)
	}
	if diff := cmp.Diff([]string{"metrics"}, ports(monitors)); diff != "" {
		t.Error(diff)
	}
	if len(monitors.From) != 1 || !matches(t, monitors.From[0].NamespaceSelector, labels.Set{"team": "monitoring"}) || matches(t, monitors.From[0].NamespaceSelector, labels.Set{}) {
		t.Errorf("monitors are %v", monitors.From)
	}
}

func TestGatewaysAreReachedByClientsAndMonitors(t *testing.T) {
	policy := get[*networkingv1.NetworkPolicy](t, template(t, closed), "NetworkPolicy "+edge+"-switchyard").Spec
	pod := gatewayPod(t)
	if !matches(t, &policy.PodSelector, pod.Labels) {
		t.Errorf("it is for %v, pods have %v", policy.PodSelector, pod.Labels)
	}
	pod.Labels["gateway.networking.k8s.io/gateway-name"] = "another"
	if matches(t, &policy.PodSelector, pod.Labels) {
		t.Error("it is for other Gateways' pods too")
	}
	if len(policy.Ingress) != 2 {
		t.Fatalf("it has %d rules of ingress: want two", len(policy.Ingress))
	}
	clients, monitors := policy.Ingress[0], policy.Ingress[1]
	if diff := cmp.Diff([]string{"80", "443"}, ports(clients)); diff != "" || len(clients.From) > 0 {
		t.Errorf("clients come from %v: %s", clients.From, diff)
	}
	if diff := cmp.Diff([]string{pod.Spec.Containers[0].Ports[0].Name}, ports(monitors)); diff != "" {
		t.Error(diff)
	}
	if len(monitors.From) != 1 {
		t.Errorf("monitors are %v", monitors.From)
	}
}

func TestGatewaysReachServicesAndNoMetadata(t *testing.T) {
	policy := get[*networkingv1.NetworkPolicy](t, template(t, closed), "NetworkPolicy "+edge+"-switchyard").Spec
	if diff := cmp.Diff([]networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}, policy.PolicyTypes); diff != "" {
		t.Error(diff)
	}
	if len(policy.Egress) != 2 {
		t.Fatalf("it has %d rules of egress: want two", len(policy.Egress))
	}
	for _, p := range policy.Egress[0].Ports {
		if p.Port.String() != "53" {
			t.Errorf("anything is reached at %v", p.Port)
		}
	}
	var except []string
	for _, to := range policy.Egress[1].To {
		if to.IPBlock != nil {
			except = append(except, to.IPBlock.Except...)
		}
	}
	if diff := cmp.Diff([]string{"169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128"}, except); diff != "" || len(policy.Egress[1].Ports) > 0 {
		t.Errorf("Services are reached at %v: %s", policy.Egress[1].Ports, diff)
	}
}

func TestNobodyMonitorsWhereNobodyIsNamed(t *testing.T) {
	all := template(t, "networkPolicy: {enabled: true, monitoring: []}")
	for _, name := range []string{controllerName, edge + "-switchyard"} {
		if rules := get[*networkingv1.NetworkPolicy](t, all, "NetworkPolicy "+name).Spec.Ingress; len(rules) != 1 {
			t.Errorf("%s has %d rules: want one", name, len(rules))
		}
	}
}
