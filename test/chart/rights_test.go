package chart

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/test/manualtest"
)

// rights are what o has of roles and bindings, without labels, which say nothing
// of rights.
func rights(o objects) objects {
	found := objects{}
	for id, object := range o {
		switch object.(type) {
		case *rbacv1.Role, *rbacv1.ClusterRole, *rbacv1.RoleBinding, *rbacv1.ClusterRoleBinding:
			bare := object.DeepCopyObject().(client.Object)
			bare.SetLabels(nil)
			found[id] = bare
		}
	}
	return found
}

func TestRightsAreThoseOfConfig(t *testing.T) {
	config, err := server.Kubectl("kustomize", repository+"/config/rbac")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rights(decode(t, config)), rights(template(t, ""))); diff != "" {
		t.Error(diff)
	}
}

// TestRightsOfWatchedNamespacesAreThoseOfTheManual, which are tried with the
// controller where the manual's example is.
func TestRightsOfWatchedNamespacesAreThoseOfTheManual(t *testing.T) {
	want := rights(decode(t, manualtest.Examples(t, repository+"/controllers/README.md")[0]))
	// What it has in any case, but for the binding that the manual replaces.
	for id, object := range rights(template(t, "")) {
		if id != "ClusterRoleBinding switchyard-controller" {
			want[id] = object
		}
	}
	if diff := cmp.Diff(want, rights(template(t, "controller: {watchNamespaces: [iot]}"))); diff != "" {
		t.Error(diff)
	}
}

func TestRightsAreOfTheReleasesOwnNamespace(t *testing.T) {
	for _, values := range []string{"", "controller: {watchNamespaces: [iot]}"} {
		out, err := runHelm(t, server, values, "template", "other", folder, "--namespace", "elsewhere", "--values", "-")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out, home) {
			t.Errorf("with %q something is of namespace %s", values, home)
		}
		for id, object := range rights(decode(t, out)) {
			for _, s := range subjects(object) {
				if s.Namespace != "elsewhere" || s.Name != "switchyard-controller" {
					t.Errorf("%s gives rights to %v", id, s)
				}
			}
		}
	}
}

func subjects(object metav1.Object) []rbacv1.Subject {
	switch o := object.(type) {
	case *rbacv1.RoleBinding:
		return o.Subjects
	case *rbacv1.ClusterRoleBinding:
		return o.Subjects
	}
	return nil
}
