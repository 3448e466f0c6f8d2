package e2e

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"switchyard.dev/test/e2e/crowd"
)

const (
	otherRoutes = 100
	// changesEach are those of a route after it is made and before it is deleted.
	changesEach = 3
)

// testOtherRoutes: 100 routes are made, changed three times and deleted.
func testOtherRoutes(t *testing.T, i *installation) {
	var last string
	i.disturb(t, "500 changes of other routes", func() {
		for change := range 1 + changesEach {
			for n := range otherRoutes {
				last = fmt.Sprintf("/other-%d-%d", n, change)
				i.applyRoute(t, fmt.Sprintf("other-%d", n), last)
			}
		}
		eventually(t, "the last change is served", func() error { return i.visit(last) })
		for n := range otherRoutes {
			i.deleteRoute(t, fmt.Sprintf("other-%d", n))
		}
		eventually(t, "the last route is gone", func() error { return wantRefusal(i.visit(last), "404") })
	}, nobody)
}

// testRouteAgain: a route is for those who come in. Sessions keep what they
// began with.
func testRouteAgain(t *testing.T, i *installation) {
	apply(t, apps, routeYAML("beside", "/beside", "echo"))
	eventually(t, "the route beside it is served", func() error { return i.visit("/beside") })
	i.observe(t, "the crowd's route deleted and made again", []crowd.Entrance{i.entrance("/beside")}, func() {
		kubectl(t, "delete", "wsroute", "echo", "--namespace", apps)
		eventually(t, "new clients are refused everywhere", func() error {
			for range enough {
				if err := wantRefusal(i.visit(echoPath), "404"); err != nil {
					return err
				}
			}
			return nil
		})
		apply(t, apps, readFile(t, "routes.yaml"))
		eventually(t, "new clients are served again", func() error { return i.visit(echoPath) })
	}, nobody)
}

// applyRoute makes or changes a route to the echo service as kubectl apply
// --server-side does, without the time that kubectl takes to start.
func (i *installation) applyRoute(t *testing.T, name, path string) {
	t.Helper()
	err := i.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(i.route(t, name, path)), client.FieldOwner("user"), client.ForceOwnership)
	if err != nil {
		t.Fatal(err)
	}
}

func (i *installation) deleteRoute(t *testing.T, name string) {
	t.Helper()
	if err := i.Delete(t.Context(), i.route(t, name, "/")); err != nil {
		t.Fatal(err)
	}
}

func (i *installation) route(t *testing.T, name, path string) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(routeYAML(name, path, "echo")), &o.Object); err != nil {
		t.Fatal(err)
	}
	o.SetNamespace(apps)
	return o
}
