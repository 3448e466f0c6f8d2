package chart

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// release installs or upgrades the chart for real, in a namespace, and returns
// what Helm says.
func release(t *testing.T, namespace, values string) string {
	t.Helper()
	out, err := runHelm(t, server, values, "upgrade", "--install", "switchyard", folder, "--namespace", namespace, "--values", "-")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// inNamespace is values with the namespace that is watched being one that is there.
func inNamespace(values, namespace string) string {
	return strings.ReplaceAll(values, "[iot]", "["+namespace+"]")
}

// TestTheAPIServerTakesIt: the chart without values, then an upgrade to
// everything, which is refused or warned of if any field is not as it should be.
func TestTheAPIServerTakesIt(t *testing.T) {
	namespace := server.Namespace(t)
	t.Cleanup(func() {
		if _, err := runHelm(t, server, "", "uninstall", "switchyard", "--namespace", namespace); err != nil {
			t.Error(err)
		}
	})
	there := func(name string, object client.Object) {
		t.Helper()
		if err := server.Client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, object); err != nil {
			t.Fatal(err)
		}
	}

	notes := release(t, namespace, "")
	var before, after gatewayv1.Gateway
	there("edge", &before)
	if before.Spec.Infrastructure != nil {
		t.Errorf("the Gateway asks for %v", before.Spec.Infrastructure)
	}
	notesApply(t, notes)

	release(t, namespace, "controller: {replicas: 3}")
	there("edge", &after)
	if after.Generation != before.Generation {
		t.Error("an upgrade that is the controller's business has changed the Gateway")
	}

	release(t, namespace, inNamespace(everything, server.Namespace(t)))
	var parameters v1alpha1.GatewayParameters
	there("edge", &parameters)
	if a := parameters.Spec.Autoscaling; a == nil || a.MaxReplicas != 10 {
		t.Errorf("the parameters are %v", parameters.Spec)
	}
	var d appsv1.Deployment
	there("switchyard-controller", &d)
	if limit := d.Spec.Template.Spec.Containers[0].Resources.Limits.Memory(); !limit.Equal(resource.MustParse("512Mi")) {
		t.Errorf("the controller's limit of memory is %v", limit)
	}
	theReleaseIsSmall(t, namespace)
}

// theReleaseIsSmall: Helm keeps a release in a Secret, with all of its chart. An
// API server takes 1 MiB.
func theReleaseIsSmall(t *testing.T, namespace string) {
	t.Helper()
	const enough = 800 << 10
	var secrets corev1.SecretList
	if err := server.Client.List(t.Context(), &secrets, client.InNamespace(namespace), client.MatchingLabels{"owner": "helm"}); err != nil {
		t.Fatal(err)
	}
	if len(secrets.Items) == 0 {
		t.Error("Helm keeps no release here")
	}
	for _, s := range secrets.Items {
		if size := len(s.Data["release"]); size > enough {
			t.Errorf("%s has %d bytes: want %d at most", s.Name, size, enough)
		}
	}
}

var (
	noteRoute    = regexp.MustCompile(`(?s)kubectl apply (-n \S+) -f - <<'EOF'\n(.*?)\n  EOF\n`)
	noteCommands = regexp.MustCompile(`(?m)^  kubectl (create|expose) (.*)$`)
)

// notesApply does what Helm says to do first, as far as that takes no pods.
func notesApply(t *testing.T, notes string) {
	t.Helper()
	commands := noteCommands.FindAllStringSubmatch(notes, -1)
	if len(commands) != 2 {
		t.Fatalf("want two commands for a service in\n%s", notes)
	}
	for _, c := range commands {
		if _, err := server.Kubectl(append([]string{c[1]}, strings.Fields(c[2])...)...); err != nil {
			t.Error(err)
		}
	}
	route := noteRoute.FindStringSubmatch(notes)
	if route == nil {
		t.Fatalf("there is no route in\n%s", notes)
	}
	file := filepath.Join(t.TempDir(), "route.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll("\n"+route[2], "\n  ", "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"apply", "-f", file}, strings.Fields(route[1])...)
	if _, err := server.Kubectl(args...); err != nil {
		t.Error(err)
	}
}

func TestNotes(t *testing.T) {
	for name, tc := range map[string]struct {
		values     string
		want, none []string
	}{
		"without values": {"", []string{
			"kubectl get gateway -n switchyard-system edge --watch", "Where nothing makes load balancers",
			"kubectl port-forward -n switchyard-system service/edge-switchyard 8080:80", `new WebSocket("ws://localhost:8080/echo", "echo")`,
			"kubectl logs -n switchyard-system deployment/switchyard-controller",
		}, []string{"wss://"}},
		"no load balancer": {"gateway: {parameters: {service: {type: NodePort}}}", nil, []string{"Where nothing makes load balancers"}},
		"wss": {
			`gateway: {listeners: [{name: wss, protocol: HTTPS, port: 443, hostname: "*.example.com"}]}`,
			[]string{`new WebSocket("wss://any.example.com:443/echo", "echo")`}, []string{"port-forward"},
		},
		"no Gateway":          {"gateway: {create: false}", []string{"gatewayClassName: switchyard", "kubectl apply -n default -f -"}, []string{"port-forward", "-n switchyard-system edge"}},
		"namespaces to watch": {"controller: {watchNamespaces: [iot]}", []string{"kubectl apply -n iot -f -", "kubectl describe wsroute -n iot"}, []string{"-n default"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := runHelm(t, server, tc.values, "install", "switchyard", folder, "--namespace", home, "--dry-run=client", "--values", "-")
			if err != nil {
				t.Fatal(err)
			}
			_, notes, _ := strings.Cut(out, "\nNOTES:\n")
			for _, want := range tc.want {
				if !strings.Contains(notes, want) {
					t.Errorf("want %q in\n%s", want, notes)
				}
			}
			for _, none := range tc.none {
				if strings.Contains(notes, none) {
					t.Errorf("want no %q in\n%s", none, notes)
				}
			}
		})
	}
}
