package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"switchyard.dev/test/e2e/crowd"
)

// testUninstall: every session is told that its gateway goes away, and nothing of
// the release is left but what is to outlive it.
func testUninstall(t *testing.T, i *installation) {
	before := i.places(t)
	i.settleAccounts(t)
	begun := time.Now()
	helm(t, "uninstall", "switchyard", "--namespace", home, "--wait", "--timeout", patience.String())
	var all crowd.Report
	eventually(t, "every session has ended", func() error {
		report := i.reportNow()
		all.Endings = append(all.Endings, report.Endings...)
		if all.Held = append(report.Held, report.Fresh...); len(all.Held) > 0 {
			return fmt.Errorf("%d are still there", len(all.Held))
		}
		return nil
	})
	closed, wrong := judge(before, all, func(place) []uint16 { return []uint16{goingAway} })
	i.board = append(i.board, row{scenario: "helm uninstall", closed: closed, lost: len(wrong), took: time.Since(begun)})
	complain(t, "sessions were not closed properly", wrong)
	if closed < crowdSize {
		t.Errorf("%d sessions were closed properly, want all %d", closed, crowdSize)
	}
	eventually(t, "nothing is left", func() error {
		if left := leftOver(t); len(left) > 0 {
			return fmt.Errorf("there is %v", left)
		}
		return nil
	})
}

// reportNow is what is known of the crowd, whether or not it is whole.
func (i *installation) reportNow() crowd.Report {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	report, _ := i.crowd.Report(over)
	return report
}

// outlives are what is to be there after the release: CRDs, for with them go
// everybody's routes; the authority's Secret, for with it go gateways that run;
// what the replicas of the controller have told each other, since they lose their
// rights before they end; and what the release has not made.
var outlives = []string{
	"customresourcedefinition.apiextensions.k8s.io/", "apiservice.apiregistration.k8s.io/",
	"secret/switchyard-authority",
	"lease.coordination.k8s.io/switchyard-controller", "configmap/switchyard-reports-",
	"namespace/", "node/", "csinode.storage.k8s.io/", "event/", "event.events.k8s.io/",
	"secret/edge-tls", "serviceaccount/default", "configmap/kube-root-ca.crt",
}

// leftOver is what there is in the release's namespace, and of its name outside of
// any, and should not be.
func leftOver(t *testing.T) (left []string) {
	t.Helper()
	objects := strings.Fields(kubectl(t, "get", resources(t, true), "--namespace", home, "--output", "name"))
	for _, object := range strings.Fields(kubectl(t, "get", resources(t, false), "--output", "name")) {
		if strings.Contains(object, "switchyard") {
			objects = append(objects, object)
		}
	}
	for _, object := range objects {
		if !slices.ContainsFunc(outlives, func(prefix string) bool { return strings.HasPrefix(object, prefix) }) {
			left = append(left, object)
		}
	}
	return left
}

// resources are all that can be listed, in namespaces or outside.
func resources(t *testing.T, namespaced bool) string {
	t.Helper()
	names := kubectl(t, "api-resources", "--verbs=list", fmt.Sprintf("--namespaced=%t", namespaced), "--output", "name")
	return strings.Join(strings.Fields(names), ",")
}
