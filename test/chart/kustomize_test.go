package chart

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKustomizeMakesTheSame compares whole objects. Labels are left out, which
// say who installed an object and choose none; so is the namespace itself, which
// Helm's users make by --create-namespace.
func TestKustomizeMakesTheSame(t *testing.T) {
	bare := func(all objects) objects {
		delete(all, "Namespace "+home)
		for _, object := range all {
			object.SetLabels(nil)
		}
		return all
	}
	kustomized, err := server.Kubectl("kustomize", repository+"/config/default")
	if err != nil {
		t.Fatal(err)
	}
	chart, err := runHelm(t, server, "", "template", "switchyard", folder, "--namespace", home, "--include-crds", "--set", "crds.gatewayAPI=false")
	if err != nil {
		t.Fatal(err)
	}
	want := bare(decode(t, chart))
	if diff := cmp.Diff(want, bare(decode(t, kustomized))); diff != "" {
		t.Error(diff)
	}
	crds := 0
	for id := range want {
		if strings.HasPrefix(id, "CustomResourceDefinition ") {
			crds++
		}
	}
	if crds != 3 {
		t.Errorf("%d CRDs are compared: want three", crds)
	}
}
