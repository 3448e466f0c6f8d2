package chart

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"switchyard.dev/test/kubetest"
)

// gatewayAPI is the module that the controller is built with: its folder and
// version.
func gatewayAPI(t *testing.T) (dir, version string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}} {{.Version}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir, version, _ = strings.Cut(strings.TrimSpace(string(out)), " ")
	return dir, strings.TrimPrefix(version, "v")
}

// definitions are the CRDs in a folder's files, by the files' names.
func definitions(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("\nkind: CustomResourceDefinition\n")) {
			found[filepath.Base(path)] = string(data)
		}
	}
	return found
}

func TestCRDsAreThoseOfTheirSources(t *testing.T) {
	dir, _ := gatewayAPI(t)
	for subchart, source := range map[string]string{
		"switchyard-crds":  repository + "/config/crd",
		"gateway-api-crds": dir + "/config/crd/standard",
	} {
		want := definitions(t, source)
		if len(want) == 0 {
			t.Errorf("%s has none", source)
		}
		if got := definitions(t, filepath.Join(folder, "charts", subchart, "crds")); !cmp.Equal(want, got) {
			t.Errorf("those of %s are stale: run make generate", subchart)
		}
	}
}

// TestSubchartsSayTheirVersions: one that differs from what the chart asks for is
// left out, without a word.
func TestSubchartsSayTheirVersions(t *testing.T) {
	type metadata struct {
		Name, Version string
		Dependencies  []struct{ Name, Version string }
	}
	read := func(dir string) (m metadata) {
		data, err := os.ReadFile(filepath.Join(folder, dir, "Chart.yaml"))
		if err == nil {
			err = yaml.Unmarshal(data, &m)
		}
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	chart := read(".")
	_, api := gatewayAPI(t)
	want := map[string]string{"switchyard-crds": chart.Version, "gateway-api-crds": api}
	for _, d := range chart.Dependencies {
		if is := read("charts/" + d.Name).Version; d.Version != want[d.Name] || is != d.Version {
			t.Errorf("%s is of version %s, the chart asks for %s: want %s", d.Name, is, d.Version, want[d.Name])
		}
	}
	if len(chart.Dependencies) != len(want) {
		t.Errorf("the chart has %d subcharts: want %d", len(chart.Dependencies), len(want))
	}
}

// crdsOf are the names of the CRDs that a server has.
func crdsOf(t *testing.T, s *kubetest.Server) string {
	t.Helper()
	out, err := s.Kubectl("get", "crds", "-o", "name")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCRDsAreInstalledByValuesAndStay takes a release through its life on a
// server of its own, which has no CRDs at first.
func TestCRDsAreInstalledByValuesAndStay(t *testing.T) {
	s := kubetest.Start(t)
	must := func(out string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := crdsOf(t, s)
	if n := strings.Count(all, "\n"); n != len(definitions(t, folder+"/charts/switchyard-crds/crds"))+len(definitions(t, folder+"/charts/gateway-api-crds/crds")) {
		t.Fatalf("the server of the tests has %d CRDs:\n%s", n, all)
	}
	must(s.Kubectl("delete", "crds", "--all"))

	release := func(verb string, more ...string) {
		t.Helper()
		must(runHelm(t, s, "", append([]string{verb, "switchyard", folder, "--namespace", home, "--create-namespace"}, more...)...))
	}
	uninstall := func() {
		t.Helper()
		must(runHelm(t, s, "", "uninstall", "switchyard", "--namespace", home))
	}
	const bare = "gateway.create=false,gatewayClass.create=false"

	release("install", "--set", bare+",crds.switchyard=false,crds.gatewayAPI=false")
	if got := crdsOf(t, s); got != "" {
		t.Errorf("with both off there are\n%s", got)
	}
	uninstall()

	release("install", "--set", bare+",crds.gatewayAPI=false")
	if got := crdsOf(t, s); strings.Contains(got, "gateway.networking.k8s.io") || strings.Count(got, ".switchyard.dev\n") != 3 {
		t.Errorf("with Switchyard's on there are\n%s", got)
	}
	uninstall()

	// Those that are there are left alone, and do not keep the others away.
	must(s.Kubectl("annotate", "crd", "websocketroutes.switchyard.dev", "mine=true"))
	release("install")
	if got := crdsOf(t, s); got != all {
		t.Errorf("with both on there are\n%s", got)
	}
	must(s.Kubectl("annotate", "crd", "websocketroutes.switchyard.dev", "controller-gen.kubebuilder.io/version=v0", "--overwrite"))
	release("upgrade")
	version := []string{"get", "crd", "websocketroutes.switchyard.dev", "-o", `jsonpath={.metadata.annotations.controller-gen\.kubebuilder\.io/version}{.metadata.annotations.mine}`}
	if got := must(s.Kubectl(version...)); got != "v0true" {
		t.Errorf("Helm has changed a CRD: its annotations are %s", got)
	}

	// As the manual says to upgrade them.
	file := filepath.Join(t.TempDir(), "crds.yaml")
	if err := os.WriteFile(file, []byte(must(runHelm(t, s, "", "show", "crds", folder))), 0o600); err != nil {
		t.Fatal(err)
	}
	must(s.Kubectl("apply", "--server-side", "--force-conflicts", "-f", file))
	if got := must(s.Kubectl(version...)); got == "v0true" || !strings.HasSuffix(got, "true") {
		t.Errorf("the upgrade has not changed a CRD as it should: its annotations are %s", got)
	}

	uninstall()
	if got := crdsOf(t, s); got != all {
		t.Errorf("when the release is gone there are\n%s", got)
	}
	// Nothing else of it stays.
	if got := must(s.Kubectl("get", "gatewayclasses,clusterroles,clusterrolebindings", "-l", "app.kubernetes.io/name=switchyard", "-o", "name")); got != "" {
		t.Errorf("when the release is gone there are\n%s", got)
	}
}
