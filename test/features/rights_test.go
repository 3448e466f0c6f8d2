package features

import (
	"os"
	"regexp"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestWatchedNamespacesNeedNoRightsInOthers gives the controller what its manual
// says instead of a ClusterRoleBinding.
func TestWatchedNamespacesNeedNoRightsInOthers(t *testing.T) {
	w := newWorld(t)
	everywhere := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "switchyard-controller-" + w.home}}
	if err := server.Client.Delete(t.Context(), everywhere); err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../../controllers/README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := yamlBlock.FindSubmatch(manual)
	if block == nil {
		t.Fatal("the manual has no example")
	}
	// Those of two tests must not meet.
	w.apply(strings.NewReplacer(
		"namespace: iot", "namespace: {NS}",
		"namespace: switchyard-system", "namespace: {HOME}",
		"name: switchyard-controller-cluster", "name: switchyard-controller-cluster-{HOME}",
	).Replace(string(block[1])))

	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	w.wantGateway("edge", programmed)
	echoes(w.open("ws", "/echo", "echo"), "hello")
}
