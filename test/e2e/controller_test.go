package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// testControllerUpgrade: what concerns the controller alone leaves the gateways'
// pods as they are.
func testControllerUpgrade(t *testing.T, i *installation) {
	gatewaysBefore, before := i.podNames(t, gateways), i.podNames(t, controller)
	i.disturb(t, "helm upgrade of the controller's log level", func() {
		i.upgrade(t, "controller.log.level=debug")
		i.replaced(t, before)
	}, nobody)
	if after := i.podNames(t, gateways); !slices.Equal(after, gatewaysBefore) {
		t.Errorf("the gateways' pods were %v and are %v", gatewaysBefore, after)
	}
	i.wantServed(t, "after-upgrade")
}

func testLeader(t *testing.T, i *installation) {
	before := i.leader(t)
	i.disturb(t, "the leading controller killed", func() {
		i.kill(t, controller, before)
		i.replaced(t, []string{before})
		eventually(t, "there is another leader", func() error {
			if now := i.leader(t); now == before || now == "" {
				return fmt.Errorf("it is %q", now)
			}
			return nil
		})
	}, nobody)
	i.wantServed(t, "after-leader")
}

func testAllControllers(t *testing.T, i *installation) {
	before := i.podNames(t, controller)
	i.disturb(t, "all controllers killed", func() {
		i.kill(t, controller, before...)
		i.replaced(t, before)
	}, nobody)
	i.wantServed(t, "after-all")
}

// replaced waits until none of these pods of the controller is there, and others are.
func (i *installation) replaced(t *testing.T, before []string) {
	t.Helper()
	eventually(t, "the controller's pods are replaced", func() error {
		for _, name := range i.podNames(t, controller) {
			if slices.Contains(before, name) {
				return fmt.Errorf("%s is still there", name)
			}
		}
		return nil
	})
	i.settled(t, controller, anyway)
}

// leader is the pod that holds the lease.
func (i *installation) leader(t *testing.T) string {
	t.Helper()
	lease := &coordinationv1.Lease{}
	if err := i.Get(t.Context(), client.ObjectKey{Namespace: home, Name: controller.name}, lease); err != nil {
		t.Fatal(err)
	}
	if lease.Spec.HolderIdentity == nil {
		return ""
	}
	pod, _, _ := strings.Cut(*lease.Spec.HolderIdentity, "_")
	return pod
}

// wantServed proves that a route that is applied now is served and judged.
func (i *installation) wantServed(t *testing.T, name string) {
	t.Helper()
	apply(t, apps, routeYAML(name, "/"+name, "echo"))
	applied := time.Now()
	eventually(t, "a new route is served", func() error { return i.visit("/" + name) })
	served := time.Since(applied)
	eventually(t, "a new route is programmed", func() error {
		return wantTrue(i.routeConditions(t, name), "Accepted", "ResolvedRefs", "Programmed")
	})
	t.Logf("a route that is applied then is served after %v, and said to be after %v",
		served.Round(time.Millisecond), time.Since(applied).Round(time.Millisecond))
	kubectl(t, "delete", "wsroute", name, "--namespace", apps)
}
