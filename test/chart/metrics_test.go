package chart

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const monitored = `
metrics:
  serviceMonitor: {enabled: true}
  podMonitor: {enabled: true}
  prometheusRule: {enabled: true}
  dashboard: {enabled: true}
  interval: 15s
  labels: {release: prometheus}
`

// monitor is what matters here of a ServiceMonitor or a PodMonitor.
type monitor struct {
	Selector          metav1.LabelSelector `json:"selector"`
	NamespaceSelector struct {
		Any        bool     `json:"any"`
		MatchNames []string `json:"matchNames"`
	} `json:"namespaceSelector"`
	PodTargetLabels     []string   `json:"podTargetLabels"`
	Endpoints           []endpoint `json:"endpoints"`
	PodMetricsEndpoints []endpoint `json:"podMetricsEndpoints"`
}

type endpoint struct {
	Port     string `json:"port"`
	Path     string `json:"path"`
	Interval string `json:"interval"`
}

// specOf is the spec of an object whose kind is the Prometheus operator's.
func specOf[T any](t *testing.T, all objects, id string) (spec T) {
	t.Helper()
	object := get[*unstructured.Unstructured](t, all, id)
	if object.GetAPIVersion() != "monitoring.coreos.com/v1" || object.GetLabels()["release"] != "prometheus" {
		t.Errorf("%s is of %s, with labels %v", id, object.GetAPIVersion(), object.GetLabels())
	}
	fields, _ := object.Object["spec"].(map[string]any)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(fields, &spec, true); err != nil {
		t.Errorf("%s: %v", id, err)
	}
	return spec
}

func TestTheControllerIsScraped(t *testing.T) {
	all := template(t, monitored)
	m := specOf[monitor](t, all, "ServiceMonitor "+controllerName)
	service := get[*corev1.Service](t, all, "Service "+controllerName)
	if !matches(t, &m.Selector, service.Labels) {
		t.Errorf("it looks for %v, the Service has %v", m.Selector, service.Labels)
	}
	if diff := cmp.Diff([]endpoint{{service.Spec.Ports[1].Name, "/metrics", "15s"}}, m.Endpoints); diff != "" {
		t.Error(diff)
	}
}

func TestGatewaysAreScraped(t *testing.T) {
	all := template(t, monitored)
	m := specOf[monitor](t, all, "PodMonitor "+home+"/switchyard-gateways")
	pod := gatewayPod(t)
	if !matches(t, &m.Selector, pod.Labels) || matches(t, &m.Selector, get[*appsv1.Deployment](t, all, "Deployment "+controllerName).Spec.Template.Labels) {
		t.Errorf("it looks for %v", m.Selector)
	}
	if diff := cmp.Diff([]endpoint{{pod.Spec.Containers[0].Ports[0].Name, "/metrics", "15s"}}, m.PodMetricsEndpoints); diff != "" {
		t.Error(diff)
	}
	for _, label := range m.PodTargetLabels {
		if pod.Labels[label] == "" {
			t.Errorf("metrics are to have label %s, which pods have not", label)
		}
	}
	if !m.NamespaceSelector.Any {
		t.Errorf("it looks in %v", m.NamespaceSelector)
	}
	m = specOf[monitor](t, template(t, monitored+"controller: {watchNamespaces: [iot]}"), "PodMonitor "+home+"/switchyard-gateways")
	if diff := cmp.Diff([]string{"iot", home}, m.NamespaceSelector.MatchNames); diff != "" || m.NamespaceSelector.Any {
		t.Errorf("it looks in more than is watched: %s", diff)
	}
}

func TestAlertsAreThoseOfTheFile(t *testing.T) {
	data, err := os.ReadFile(folder + "/files/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := yaml.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	got := get[*unstructured.Unstructured](t, template(t, monitored), "PrometheusRule "+home+"/switchyard").Object["spec"]
	if diff := cmp.Diff(canonical(t, want), canonical(t, got)); diff != "" {
		t.Error(diff)
	}
}

func TestTheDashboardIsThatOfTheFile(t *testing.T) {
	want, err := os.ReadFile(folder + "/files/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	dashboard := get[*corev1.ConfigMap](t, template(t, monitored), "ConfigMap "+home+"/switchyard-dashboard")
	if dashboard.Labels["grafana_dashboard"] != "1" {
		t.Errorf("labels are %v", dashboard.Labels)
	}
	got := dashboard.Data["switchyard.json"]
	if strings.TrimSpace(got) != strings.TrimSpace(string(want)) || !json.Valid([]byte(got)) {
		t.Errorf("the dashboard is\n%s", got)
	}
}

// canonical is a value without the differences of number types.
func canonical(t *testing.T, value any) (v any) {
	t.Helper()
	data, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}
