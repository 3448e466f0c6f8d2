package features

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/test/gatewaytest"
	"switchyard.dev/test/kubetest"
)

var server *kubetest.Server

func TestMain(m *testing.M) { os.Exit(kubetest.Main(m, &server)) }

// world is one test's corner of the cluster: a namespace for users' objects and
// one for the controller.
type world struct {
	*testing.T
	yard *gatewaytest.Yard
	// users is the namespace of users' objects, home the controller's own.
	users, home string
	// watched are the namespaces that the controller watches.
	watched []string
	// ports are those that {PORT:name} has stood for.
	ports map[string]uint32
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, yard: gatewaytest.Unwatched(t), users: server.Namespace(t), home: server.Namespace(t), ports: map[string]uint32{}}
	w.watched = []string{w.users}
	w.grantRights()
	return w
}

// watch has the controllers that are started afterwards watch one more namespace.
func (w *world) watch(namespace string) { w.watched = append(w.watched, namespace) }

// apply applies YAML as `kubectl apply --server-side` does. {NS} is the users'
// namespace, {HOME} the controller's, {PORT:x} a free port, the same for the
// same x; a namespace that is left out is {NS}.
func (w *world) apply(text string) {
	w.Helper()
	for _, o := range w.decode(text) {
		err := server.Client.Apply(w.Context(), client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("user"), client.ForceOwnership)
		if err != nil {
			w.Fatalf("apply %s %s: %v", o.GetKind(), o.GetName(), err)
		}
	}
}

// remove deletes the objects that are named in YAML.
func (w *world) remove(text string) {
	w.Helper()
	for _, o := range w.decode(text) {
		if err := server.Client.Delete(w.Context(), o); err != nil {
			w.Fatalf("delete %s %s: %v", o.GetKind(), o.GetName(), err)
		}
	}
}

func (w *world) decode(text string) (all []*unstructured.Unstructured) {
	w.Helper()
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(w.fill(text)), 4096)
	for {
		o := &unstructured.Unstructured{}
		if err := decoder.Decode(&o.Object); err == io.EOF {
			return all
		} else if err != nil {
			w.Fatal(err)
		}
		if o.GetNamespace() == "" && o.GetKind() != "GatewayClass" {
			o.SetNamespace(w.users)
		}
		all = append(all, o)
	}
}

func (w *world) fill(text string) string {
	w.Helper()
	text = strings.NewReplacer("{NS}", w.users, "{HOME}", w.home).Replace(text)
	for {
		before, rest, found := strings.Cut(text, "{PORT:")
		if !found {
			return text
		}
		name, after, _ := strings.Cut(rest, "}")
		text = before + strconv.Itoa(int(w.port(name))) + after
	}
}

// port is a free port of loopback, by name.
func (w *world) port(name string) uint32 {
	w.Helper()
	if w.ports[name] == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			w.Fatal(err)
		}
		defer l.Close()
		w.ports[name] = uint32(l.Addr().(*net.TCPAddr).Port)
	}
	return w.ports[name]
}

// address is where a listener with that port is reached.
func (w *world) address(port string) string {
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(w.port(port)))
}

// service applies a Service and its endpoints, as kube-controller-manager would
// make them of pods: each is "host:port", all of one port.
func (w *world) service(name string, endpoints ...string) {
	w.Helper()
	w.serviceIn(w.users, name, endpoints...)
}

func (w *world) serviceIn(namespace, name string, endpoints ...string) {
	w.Helper()
	w.apply(fmt.Sprintf(serviceYAML, name, namespace))
	addresses, port := "\n", "7"
	for _, e := range endpoints {
		host, p, err := net.SplitHostPort(e)
		if err != nil {
			w.Fatal(err)
		}
		port = p
		host = strings.Replace(host, "127.0.0.", podNetwork, 1)
		addresses += fmt.Sprintf("- {addresses: [%q], conditions: {ready: true, serving: true}}\n", host)
	}
	if len(endpoints) == 0 {
		addresses = " []\n"
	}
	w.apply(fmt.Sprintf(sliceYAML, name, namespace, name, port) + "endpoints:" + addresses)
}

const serviceYAML = `
apiVersion: v1
kind: Service
metadata: {name: %s, namespace: %s}
spec:
  ports: [{name: tcp, port: 7}]
`

const sliceYAML = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: %s
  namespace: %s
  labels: {kubernetes.io/service-name: %s}
addressType: IPv4
ports: [{name: tcp, port: %s, protocol: TCP}]
`

// route reads a WebSocketRoute.
func (w *world) route(name string) *v1alpha1.WebSocketRoute {
	w.Helper()
	var r v1alpha1.WebSocketRoute
	w.get(name, &r)
	return &r
}

// gatewayObject reads a Gateway.
func (w *world) gatewayObject(name string) *gatewayv1.Gateway {
	w.Helper()
	var g gatewayv1.Gateway
	w.get(name, &g)
	return &g
}

func (w *world) get(name string, into client.Object) {
	w.Helper()
	if err := server.Client.Get(w.Context(), w.key(name), into); err != nil {
		w.Fatal(err)
	}
}

// says is a condition as one line: "Accepted=True Accepted", with its message
// behind a colon where it has one. observed must be the object's generation.
func says(all []metav1.Condition, kind string, generation int64) string {
	for _, c := range all {
		if c.Type != kind {
			continue
		}
		line := fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason)
		if c.Message != "" {
			line += ": " + c.Message
		}
		if c.ObservedGeneration != generation {
			line += fmt.Sprintf(" (of generation %d, it is %d)", c.ObservedGeneration, generation)
		}
		return line
	}
	return kind + " is not said"
}

// wantRoute waits until a condition of a route's first parent says so. What ends
// in "..." is a beginning.
func (w *world) wantRoute(name, want string) {
	w.Helper()
	w.want(want, func(kind string) string {
		r := w.route(name)
		if len(r.Status.Parents) == 0 {
			return "no parent says anything"
		}
		return says(r.Status.Parents[0].Conditions, kind, r.Generation)
	})
}

// wantGateway waits until a condition of a Gateway says so.
func (w *world) wantGateway(name, want string) {
	w.Helper()
	w.want(want, func(kind string) string {
		g := w.gatewayObject(name)
		return says(g.Status.Conditions, kind, g.Generation)
	})
}

// wantListener waits until a condition of a Gateway's listener says so.
func (w *world) wantListener(name, listener, want string) {
	w.Helper()
	w.want(want, func(kind string) string {
		g := w.gatewayObject(name)
		for _, l := range g.Status.Listeners {
			if string(l.Name) == listener {
				return says(l.Conditions, kind, g.Generation)
			}
		}
		return "the listener says nothing"
	})
}

func (w *world) want(want string, says func(kind string) string) {
	w.Helper()
	kind, _, _ := strings.Cut(want, "=")
	want = w.fill(want)
	w.eventually(func() error {
		got := says(kind)
		if prefix, ok := strings.CutSuffix(want, "..."); got == want || ok && strings.HasPrefix(got, prefix) {
			return nil
		}
		return fmt.Errorf("got  %s\nwant %s", got, want)
	})
}

// eventually waits until try succeeds, and fails with its last error.
func (w *world) eventually(try func() error) {
	w.Helper()
	var err error
	if !gatewaytest.Within(gatewaytest.Patience, func() bool { err = try(); return err == nil }) {
		w.Fatalf("after %v: %v", gatewaytest.Patience, err)
	}
}

// grantRights gives the controller's ServiceAccount the rights of config/rbac.
func (w *world) grantRights() {
	w.Helper()
	for _, o := range rights(w.T, w.home) {
		err := server.Client.Apply(w.Context(), client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("user"), client.ForceOwnership)
		if err != nil {
			w.Fatalf("apply %s %s: %v", o.GetKind(), o.GetName(), err)
		}
	}
}

// rights are the objects of config/rbac, moved to a namespace.
func rights(t *testing.T, home string) (all []*unstructured.Unstructured) {
	t.Helper()
	entries, err := os.ReadDir("../../config/rbac")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "kustomization.yaml" {
			continue
		}
		data, err := os.ReadFile("../../config/rbac/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte("switchyard-system"), []byte(home))
		decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
		for {
			o := &unstructured.Unstructured{}
			if err := decoder.Decode(&o.Object); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if o.GetKind() == "ClusterRoleBinding" {
				o.SetName(o.GetName() + "-" + home)
			}
			all = append(all, o)
		}
	}
	return all
}

// user is the controller's ServiceAccount, as a user of the API server.
func user(home string) string {
	return "system:serviceaccount:" + home + ":switchyard-controller"
}

func (w *world) key(name string) client.ObjectKey {
	return client.ObjectKey{Namespace: w.users, Name: name}
}

// nextSecond waits until what is created is younger than what is there: the API
// server's times are whole seconds.
func (w *world) nextSecond() {
	w.Helper()
	now := time.Now().Truncate(time.Second)
	w.eventually(func() error {
		if time.Now().Truncate(time.Second).After(now) {
			return nil
		}
		return errorString("time stands still")
	})
}
