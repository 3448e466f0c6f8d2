package chart

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const controllerName = home + "/switchyard-controller"

func deployment(t *testing.T, values string) *appsv1.Deployment {
	t.Helper()
	return get[*appsv1.Deployment](t, template(t, values), "Deployment "+controllerName)
}

// container is the only one of a Deployment's pods.
func container(t *testing.T, d *appsv1.Deployment) corev1.Container {
	t.Helper()
	if all := d.Spec.Template.Spec.Containers; len(all) != 1 {
		t.Fatalf("there are %d containers: want one", len(all))
	}
	return d.Spec.Template.Spec.Containers[0]
}

func TestFlagsOfTheController(t *testing.T) {
	for name, tc := range map[string]struct {
		values string
		want   []string
	}{
		"without values": {"", []string{
			"--gateway-image=switchyard/switchyard:0.1.0", "--default-gateway=switchyard-system/edge",
			"--log-level=info", "--log-format=json",
		}},
		"another image is the gateways' too": {"image: {repository: registry.example.com:5000/ws/switchyard, tag: v7}", []string{
			"--gateway-image=registry.example.com:5000/ws/switchyard:v7", "--default-gateway=switchyard-system/edge",
			"--log-level=info", "--log-format=json",
		}},
		"an image by digest": {"image: {digest: sha256:" + strings.Repeat("0a", 32) + "}", []string{
			"--gateway-image=switchyard/switchyard:0.1.0@sha256:" + strings.Repeat("0a", 32),
			"--default-gateway=switchyard-system/edge", "--log-level=info", "--log-format=json",
		}},
		"an image of gateways' own": {"controller: {gatewayImage: example.com/gateway:2}", []string{
			"--gateway-image=example.com/gateway:2", "--default-gateway=switchyard-system/edge",
			"--log-level=info", "--log-format=json",
		}},
		"no default Gateway": {"gateway: {create: false}", []string{
			"--gateway-image=switchyard/switchyard:0.1.0", "--log-level=info", "--log-format=json",
		}},
		"namespaces to watch, and its own among them": {"controller: {watchNamespaces: [web, iot]}", []string{
			"--gateway-image=switchyard/switchyard:0.1.0", "--default-gateway=switchyard-system/edge",
			"--watch-namespaces=iot,switchyard-system,web", "--log-level=info", "--log-format=json",
		}},
		"no resources at all": {"controller: {resources: null}", []string{
			"--gateway-image=switchyard/switchyard:0.1.0", "--default-gateway=switchyard-system/edge",
			"--log-level=info", "--log-format=json",
		}},
		"everything else": {
			"{gateway: {name: front}, controller: {allowAnyAddress: true, log: {level: debug, format: text}, extraArgs: [--xds-bind=:9444]}}", []string{
				"--gateway-image=switchyard/switchyard:0.1.0", "--default-gateway=switchyard-system/front",
				"--allow-any-address", "--log-level=debug", "--log-format=text", "--xds-bind=:9444",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := container(t, deployment(t, tc.values))
			if diff := cmp.Diff(tc.want, c.Args); diff != "" {
				t.Error(diff)
			}
			if want := []string{"switchyard", "controller"}; !cmp.Equal(c.Command, want) {
				t.Errorf("it runs %q: want %q", c.Command, want)
			}
		})
	}
}

// TestTheControllerTakesItsFlags runs the program with what the chart gives it,
// up to where it would need a cluster.
func TestTheControllerTakesItsFlags(t *testing.T) {
	program := filepath.Join(t.TempDir(), "switchyard")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "switchyard.dev/cmd/switchyard")
	// As it is built for users: with cgo, which the race detector wants, all that
	// it is made of would be compiled once more.
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c := container(t, deployment(t, everything))
	args := append(append([]string{}, c.Command[1:]...), c.Args...)
	out, err := exec.CommandContext(t.Context(), program, append(args, "--kubeconfig="+filepath.Join(t.TempDir(), "none"))...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "none: no such file or directory") {
		t.Errorf("with %q it ends with %v and says\n%s", args, err, out)
	}
}

func TestTheControllerIsRestricted(t *testing.T) {
	d := deployment(t, "")
	pod, c := d.Spec.Template.Spec, container(t, d)
	if diff := cmp.Diff(&corev1.PodSecurityContext{
		RunAsNonRoot: new(true), RunAsUser: new(int64(65532)), RunAsGroup: new(int64(65532)),
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}, pod.SecurityContext); diff != "" {
		t.Errorf("the pod's security context: %s", diff)
	}
	if diff := cmp.Diff(&corev1.SecurityContext{
		AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true),
		Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}, c.SecurityContext); diff != "" {
		t.Errorf("the container's security context: %s", diff)
	}
	if err := admit(t, d.Spec.Template); err != nil {
		t.Error(err)
	}
	// Admission looks, or it would take anything.
	d.Spec.Template.Spec.Containers[0].SecurityContext = nil
	if err := admit(t, d.Spec.Template); !apierrors.IsForbidden(err) {
		t.Errorf("a pod that may do more is answered %v: want forbidden", err)
	}
}

// admit asks the API server for a pod in a namespace where Pod Security
// "restricted" is enforced.
func admit(t *testing.T, template corev1.PodTemplateSpec) error {
	t.Helper()
	namespace := server.Namespace(t)
	if _, err := server.Kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"); err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Namespace, pod.Name = namespace, "controller"
	return server.Client.Create(t.Context(), pod)
}

func TestProbesAndPortsAreThoseOfTheController(t *testing.T) {
	all := template(t, "")
	c := container(t, get[*appsv1.Deployment](t, all, "Deployment "+controllerName))
	ports := map[string]int32{}
	for _, p := range c.Ports {
		ports[p.Name] = p.ContainerPort
	}
	// The defaults of --xds-bind, --metrics-bind and --health-bind.
	if diff := cmp.Diff(map[string]int32{"xds": 9443, "metrics": 8080, "health": 8081}, ports); diff != "" {
		t.Error(diff)
	}
	for name, probe := range map[string]*corev1.Probe{"/healthz": c.LivenessProbe, "/readyz": c.ReadinessProbe} {
		if probe.HTTPGet.Path != name || probe.HTTPGet.Port.String() != "health" {
			t.Errorf("%s is asked at %v", name, probe.HTTPGet)
		}
	}
	service := get[*corev1.Service](t, all, "Service "+controllerName)
	for _, p := range service.Spec.Ports {
		if ports[p.Name] != p.Port || p.TargetPort.String() != p.Name {
			t.Errorf("the Service has %v", p)
		}
	}
	if len(service.Spec.Ports) != 2 {
		t.Errorf("the Service has %d ports: want xds and metrics", len(service.Spec.Ports))
	}
}

func TestThePodsAreFound(t *testing.T) {
	const values = `controller: {podLabels: {team: edge, app.kubernetes.io/name: mine}, podAnnotations: {note: here}}`
	all := template(t, values)
	d := get[*appsv1.Deployment](t, all, "Deployment "+controllerName)
	pod := labels.Set(d.Spec.Template.Labels)
	if pod["team"] != "edge" || d.Spec.Template.Annotations["note"] != "here" {
		t.Errorf("labels are %v, annotations %v", pod, d.Spec.Template.Annotations)
	}
	selectors := map[string]*metav1.LabelSelector{
		"the Deployment":          d.Spec.Selector,
		"the PodDisruptionBudget": get[*policyv1.PodDisruptionBudget](t, all, "PodDisruptionBudget "+controllerName).Spec.Selector,
		"the Service":             {MatchLabels: get[*corev1.Service](t, all, "Service "+controllerName).Spec.Selector},
		"the spread over hosts":   d.Spec.Template.Spec.TopologySpreadConstraints[0].LabelSelector,
		"the spread over zones":   d.Spec.Template.Spec.TopologySpreadConstraints[1].LabelSelector,
	}
	for who, s := range selectors {
		if !matches(t, s, pod) {
			t.Errorf("%s looks for %v, pods have %v", who, s, pod)
		}
		if matches(t, s, gatewayPod(t).Labels) {
			t.Errorf("%s takes gateways for the controller", who)
		}
	}
}

func matches(t *testing.T, s *metav1.LabelSelector, pod labels.Set) bool {
	t.Helper()
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		t.Fatal(err)
	}
	return selector.Matches(pod)
}

func TestAReplicaIsThereWhileOthersGo(t *testing.T) {
	all := template(t, "")
	d := get[*appsv1.Deployment](t, all, "Deployment "+controllerName)
	if *d.Spec.Replicas != 2 || d.Spec.Strategy.RollingUpdate.MaxUnavailable.String() != "0" {
		t.Errorf("%d replicas, %v", *d.Spec.Replicas, d.Spec.Strategy)
	}
	budget := get[*policyv1.PodDisruptionBudget](t, all, "PodDisruptionBudget "+controllerName)
	if budget.Spec.MaxUnavailable.String() != "1" {
		t.Errorf("of 2, %v may be away", budget.Spec.MaxUnavailable)
	}
	for i, key := range []string{corev1.LabelHostname, corev1.LabelTopologyZone} {
		if s := d.Spec.Template.Spec.TopologySpreadConstraints[i]; s.TopologyKey != key || s.WhenUnsatisfiable != corev1.ScheduleAnyway {
			t.Errorf("spread %d is %v", i, s)
		}
	}
}

func TestWhatPodsAreGiven(t *testing.T) {
	d := deployment(t, `
imagePullSecrets: [{name: registry}]
image: {pullPolicy: Always}
controller:
  replicas: 3
  extraEnv: [{name: HTTPS_PROXY, value: "http://proxy:3128"}]
  resources: {limits: {memory: 512Mi}}
  priorityClassName: system-cluster-critical
  nodeSelector: {pool: infra}
  tolerations: [{key: infra, operator: Exists}]
  affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
`)
	pod, c := d.Spec.Template.Spec, container(t, d)
	for what, ok := range map[string]bool{
		"replicas":     *d.Spec.Replicas == 3,
		"pull secrets": cmp.Equal(pod.ImagePullSecrets, []corev1.LocalObjectReference{{Name: "registry"}}),
		"pull policy":  c.ImagePullPolicy == corev1.PullAlways,
		"priority":     pod.PriorityClassName == "system-cluster-critical",
		"nodes":        pod.NodeSelector["pool"] == "infra",
		"tolerations":  len(pod.Tolerations) == 1 && pod.Tolerations[0].Key == "infra",
		"affinity":     pod.Affinity != nil && pod.Affinity.NodeAffinity != nil,
		"a limit":      c.Resources.Limits.Memory().Equal(resource.MustParse("512Mi")),
		"the requests": c.Resources.Requests.Memory().Equal(resource.MustParse("96Mi")),
	} {
		if !ok {
			t.Errorf("%s: not what the values say", what)
		}
	}
	env := map[string]corev1.EnvVar{}
	for _, e := range c.Env {
		env[e.Name] = e
	}
	if diff := cmp.Diff(map[string]corev1.EnvVar{
		"POD_NAME":      {Name: "POD_NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.name"}}},
		"POD_NAMESPACE": {Name: "POD_NAMESPACE", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}}},
		"GOMEMLIMIT":    {Name: "GOMEMLIMIT", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{ContainerName: "controller", Resource: "limits.memory"}}},
		"HTTPS_PROXY":   {Name: "HTTPS_PROXY", Value: "http://proxy:3128"},
	}, env); diff != "" {
		t.Error(diff)
	}
	for _, e := range container(t, deployment(t, "")).Env {
		if e.Name == "GOMEMLIMIT" {
			t.Error("without a limit, the node's memory is taken for one")
		}
	}
}
