package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

func testInstalled(t *testing.T, i *installation) {
	if n := len(i.podNames(t, controller)); n != 2 {
		t.Errorf("the controller has %d pods, want 2", n)
	}
	if n := len(i.podNames(t, gateways)); n != 2 {
		t.Errorf("the gateway has %d pods, want 2", n)
	}
	eventually(t, "the Gateway is programmed", func() error {
		g := &gatewayv1.Gateway{}
		if err := i.Get(t.Context(), client.ObjectKey{Namespace: home, Name: "edge"}, g); err != nil {
			return err
		}
		if len(g.Status.Addresses) != 1 || g.Status.Addresses[0].Value != i.address {
			return fmt.Errorf("its addresses are %v, want %s", g.Status.Addresses, i.address)
		}
		return wantTrue(g.Status.Conditions, "Accepted", "Programmed")
	})
	for _, route := range []string{"echo", "mqtt"} {
		eventually(t, "route "+route+" is programmed", func() error {
			return wantTrue(i.routeConditions(t, route), "Accepted", "ResolvedRefs", "Programmed")
		})
		i.wantEvent(t, route, "Normal", "Programmed", "the gateways serve it")
	}
	columns := strings.Fields(kubectl(t, "get", "wsroute", "echo", "--namespace", apps, "--no-headers"))
	if len(columns) != 6 || columns[3] != "True" || columns[4] != "True" {
		t.Errorf("kubectl get wsroute says %q", columns)
	}
}

func testMissingService(t *testing.T, i *installation) {
	apply(t, apps, routeYAML("lonely", "/lonely", "nobody"))
	eventually(t, "the route says that its Service is missing", func() error {
		c := meta.FindStatusCondition(i.routeConditions(t, "lonely"), "ResolvedRefs")
		if c == nil || c.Status != metav1.ConditionFalse || c.Reason != "BackendNotFound" || !strings.Contains(c.Message, "nobody") {
			return fmt.Errorf("ResolvedRefs is %v", c)
		}
		return nil
	})
	i.wantEvent(t, "lonely", "Warning", "BackendNotFound", "nobody")
	eventually(t, "its clients are refused", func() error { return wantRefusal(i.visit("/lonely"), "503") })
	kubectl(t, "delete", "wsroute", "lonely", "--namespace", apps)
}

func (i *installation) routeConditions(t *testing.T, name string) []metav1.Condition {
	t.Helper()
	r := &v1alpha1.WebSocketRoute{}
	if err := i.Get(t.Context(), client.ObjectKey{Namespace: apps, Name: name}, r); err != nil {
		t.Fatal(err)
	}
	if len(r.Status.Parents) != 1 {
		return nil
	}
	return r.Status.Parents[0].Conditions
}

func wantTrue(conditions []metav1.Condition, types ...string) error {
	for _, kind := range types {
		if !meta.IsStatusConditionTrue(conditions, kind) {
			return fmt.Errorf("%s is %v", kind, meta.FindStatusCondition(conditions, kind))
		}
	}
	return nil
}

// wantEvent waits for an event about a route.
func (i *installation) wantEvent(t *testing.T, route, kind, reason, note string) {
	t.Helper()
	eventually(t, fmt.Sprintf("an event of %s: %s", route, reason), func() error {
		var list eventsv1.EventList
		if err := i.List(t.Context(), &list, client.InNamespace(apps)); err != nil {
			return err
		}
		for _, e := range list.Items {
			if e.Regarding.Name == route && e.Type == kind && e.Reason == reason && strings.Contains(e.Note, note) {
				return nil
			}
		}
		return errors.New("there is none")
	})
}
