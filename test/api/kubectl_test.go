package api

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

var update = flag.Bool("update", false, "rewrite testdata/explain")

// TestKubectlExplains keeps what users read of the fields, so that a change of
// it is seen.
func TestKubectlExplains(t *testing.T) {
	for _, resource := range []string{
		"wsroute.spec", "wsroute.spec.path", "wsroute.spec.subprotocols",
		"wspolicy.spec", "wspolicy.spec.timeouts", "wspolicy.spec.keepalive", "wspolicy.spec.limits",
		"gwparams.spec", "gwparams.spec.autoscaling", "gwparams.spec.service", "gwparams.spec.drain",
	} {
		t.Run(resource, func(t *testing.T) {
			got, err := server.Kubectl("explain", resource)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "explain", resource+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s\nrun with -update if that is right", got, want)
			}
		})
	}
}

func TestShortNamesAndCategories(t *testing.T) {
	namespace := server.Namespace(t)
	for kind, spec := range map[string]string{
		v1alpha1.KindWebSocketRoute: soundRoute, v1alpha1.KindWebSocketPolicy: soundPolicy, v1alpha1.KindGatewayParameters: "replicas: 1",
	} {
		object := newObject(t, namespace, kind, spec)
		object.SetGenerateName("")
		object.SetName("devices")
		if err := server.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	const (
		route      = "websocketroute.switchyard.dev/devices\n"
		policy     = "websocketpolicy.switchyard.dev/devices\n"
		parameters = "gatewayparameters.switchyard.dev/devices\n"
	)
	for name, want := range map[string]string{
		"websocketroutes": route, "websocketroute": route, "wsroute": route, "wsr": route,
		"websocketpolicies": policy, "websocketpolicy": policy, "wspolicy": policy, "wsp": policy,
		"gatewayparameters": parameters, "gwparams": parameters,
		"switchyard": parameters + policy + route, "gateway-api": parameters + policy + route,
	} {
		if got, err := server.Kubectl("get", name, "-n", namespace, "-o", "name"); err != nil || got != want {
			t.Errorf("kubectl get %s says %q, %v", name, got, err)
		}
	}
}

func TestColumns(t *testing.T) {
	namespace := server.Namespace(t)
	create := func(object client.Object, spec string, into any) {
		object.SetNamespace(namespace)
		if err := yaml.UnmarshalStrict([]byte(spec), into); err != nil {
			t.Fatal(err)
		}
		if err := server.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	setStatus := func(object client.Object) {
		if err := server.Client.Status().Update(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	route := &v1alpha1.WebSocketRoute{ObjectMeta: metav1.ObjectMeta{Name: "devices"}}
	create(route, soundRoute+"\nhostnames: [a.example, b.example]\npath: {value: /mqtt}", &route.Spec)
	route.Status.Parents = []gatewayv1.RouteParentStatus{{
		ParentRef:      gatewayv1.ParentReference{Name: "edge"},
		ControllerName: translate.ControllerName,
		Conditions:     []metav1.Condition{condition("Accepted", "True"), condition("ResolvedRefs", "True"), condition("Programmed", "False")},
	}}
	setStatus(route)

	silent := &v1alpha1.WebSocketRoute{ObjectMeta: metav1.ObjectMeta{Name: "silent"}}
	create(silent, "fallback: {backendRefs: [{name: a, port: 1}]}", &silent.Spec)

	policy := &v1alpha1.WebSocketPolicy{ObjectMeta: metav1.ObjectMeta{Name: "devices"}}
	create(policy, soundPolicy, &policy.Spec)
	policy.Status.Ancestors = []gatewayv1.PolicyAncestorStatus{{
		AncestorRef:    gatewayv1.ParentReference{Name: "edge"},
		ControllerName: translate.ControllerName,
		Conditions:     []metav1.Condition{condition("Accepted", "True")},
	}}
	setStatus(policy)

	parameters := &v1alpha1.GatewayParameters{ObjectMeta: metav1.ObjectMeta{Name: "small"}}
	create(parameters, "replicas: 1\nservice: {type: ClusterIP}", &parameters.Spec)

	wantTable(t, []string{"wsroute", "-n", namespace}, `
NAME HOSTNAMES SUBPROTOCOLS ACCEPTED PROGRAMMED AGE
devices ["a.example","b.example"] mqtt True False AGE
silent AGE
`)
	wantTable(t, []string{"wsroute", "-n", namespace, "-o", "wide"}, `
NAME HOSTNAMES PATH SUBPROTOCOLS ACCEPTED PROGRAMMED AGE
devices ["a.example","b.example"] /mqtt mqtt True False AGE
silent / AGE
`)
	wantTable(t, []string{"wspolicy", "-n", namespace}, `
NAME TARGETS ACCEPTED AGE
devices edge True AGE
`)
	wantTable(t, []string{"gwparams", "-n", namespace}, `
NAME REPLICAS SERVICE AGE
small 1 ClusterIP AGE
`)
}

func condition(kind string, status metav1.ConditionStatus) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: "Test", LastTransitionTime: metav1.Now()}
}

var (
	age    = regexp.MustCompile(`(?m)\d+m?\d*s$`)
	spaces = regexp.MustCompile(` +`)
)

// wantTable compares what kubectl get prints, but for widths and ages.
func wantTable(t *testing.T, get []string, want string) {
	t.Helper()
	got, err := server.Kubectl(append([]string{"get"}, get...)...)
	if err != nil {
		t.Fatal(err)
	}
	got = spaces.ReplaceAllString(age.ReplaceAllString(got, "AGE"), " ")
	if got != strings.TrimPrefix(want, "\n") {
		t.Errorf("kubectl get %s says\n%s\nwant\n%s", strings.Join(get, " "), got, want)
	}
}
