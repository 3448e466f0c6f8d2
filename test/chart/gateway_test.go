package chart

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"switchyard.dev/api/v1alpha1"
)

const edge = home + "/edge"

// gatewayPod is a pod of the default Gateway as the controller makes it.
func gatewayPod(t *testing.T) corev1.PodTemplateSpec {
	t.Helper()
	made, err := os.ReadFile(repository + "/controllers/provision/testdata/defaults.out.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return get[*appsv1.Deployment](t, decode(t, string(made)), "Deployment infra/edge-switchyard").Spec.Template
}

func TestTheDefaultGateway(t *testing.T) {
	all := template(t, "")
	class := get[*gatewayv1.GatewayClass](t, all, "GatewayClass switchyard")
	if class.Spec.ControllerName != "switchyard.dev/gateway-controller" {
		t.Errorf("the class is of %s", class.Spec.ControllerName)
	}
	want := gatewayv1.GatewaySpec{
		GatewayClassName: "switchyard",
		Listeners: []gatewayv1.Listener{{
			Name: "ws", Protocol: gatewayv1.HTTPProtocolType, Port: 80,
			AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}},
		}},
	}
	if diff := cmp.Diff(want, get[*gatewayv1.Gateway](t, all, "Gateway "+edge).Spec); diff != "" {
		t.Error(diff)
	}
	if _, there := all["GatewayParameters "+edge]; there {
		t.Error("there are GatewayParameters, though nobody asked for anything")
	}
}

func TestAGatewayOfValues(t *testing.T) {
	all := template(t, `
gatewayClass: {name: yard}
gateway:
  name: front
  annotations: {cert-manager.io/cluster-issuer: letsencrypt}
  listeners:
  - {name: wss, protocol: HTTPS, port: 443, hostname: "*.example.com", tls: {certificateRefs: [{name: example-com}]}}
  parameters:
    autoscaling: {minReplicas: 2, maxReplicas: 10}
    drain: {window: 30s}
`)
	g := get[*gatewayv1.Gateway](t, all, "Gateway "+home+"/front")
	if g.Annotations["cert-manager.io/cluster-issuer"] != "letsencrypt" {
		t.Errorf("annotations are %v", g.Annotations)
	}
	want := gatewayv1.GatewaySpec{
		GatewayClassName: "yard",
		Infrastructure: &gatewayv1.GatewayInfrastructure{
			ParametersRef: &gatewayv1.LocalParametersReference{Group: v1alpha1.GroupName, Kind: v1alpha1.KindGatewayParameters, Name: "front"},
		},
		Listeners: []gatewayv1.Listener{{
			Name: "wss", Protocol: gatewayv1.HTTPSProtocolType, Port: 443, Hostname: new(gatewayv1.Hostname("*.example.com")),
			TLS: &gatewayv1.ListenerTLSConfig{CertificateRefs: []gatewayv1.SecretObjectReference{{Name: "example-com"}}},
		}},
	}
	if diff := cmp.Diff(want, g.Spec); diff != "" {
		t.Error(diff)
	}
	parameters := v1alpha1.GatewayParametersSpec{
		Autoscaling: &v1alpha1.Autoscaling{MinReplicas: new(int32(2)), MaxReplicas: 10},
		Drain:       &v1alpha1.Drain{Window: new(gatewayv1.Duration("30s"))},
	}
	if diff := cmp.Diff(parameters, get[*v1alpha1.GatewayParameters](t, all, "GatewayParameters "+home+"/front").Spec); diff != "" {
		t.Error(diff)
	}
}

func TestGatewaysArePulledAsTheControllerIs(t *testing.T) {
	for name, tc := range map[string]struct{ values, want string }{
		"where nothing else is asked for": {"", `{"spec": {"imagePullSecrets": [{"name": "registry"}]}}`},
		"beside what else is asked for": {
			"gateway: {parameters: {podTemplate: {spec: {priorityClassName: edge}}}}",
			`{"spec": {"priorityClassName": "edge", "imagePullSecrets": [{"name": "registry"}]}}`,
		},
		"unless they are to be pulled otherwise": {
			"gateway: {parameters: {podTemplate: {spec: {imagePullSecrets: [{name: other}]}}}}",
			`{"spec": {"imagePullSecrets": [{"name": "other"}]}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := template(t, "imagePullSecrets: [{name: registry}]\n"+tc.values)
			if get[*gatewayv1.Gateway](t, all, "Gateway "+edge).Spec.Infrastructure == nil {
				t.Error("the Gateway does not name its GatewayParameters")
			}
			var got, want any
			raw := get[*v1alpha1.GatewayParameters](t, all, "GatewayParameters "+edge).Spec.PodTemplate.Raw
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(tc.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
