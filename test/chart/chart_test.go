package chart

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"switchyard.dev/test/kubetest"
	"switchyard.dev/test/manualtest"
)

const (
	repository = "../.."
	folder     = repository + "/charts/switchyard"
	// home is the release's namespace where nothing is installed for real.
	home = "switchyard-system"
)

var (
	server *kubetest.Server
	helm   string
)

func TestMain(m *testing.M) {
	// What is generated needs neither Helm nor a server.
	if flag.Parse(); manualtest.Updating() {
		os.Exit(m.Run())
	}
	var err error
	if helm, err = findHelm(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(kubetest.Main(m, &server))
}

func findHelm() (string, error) {
	if path := os.Getenv("HELM"); path != "" {
		return path, nil
	}
	build := exec.Command(filepath.Join(repository, "hack", "kube", "build.sh"), "helm")
	build.Stderr = os.Stderr
	bin, err := build.Output()
	if err != nil {
		return "", fmt.Errorf("hack/kube/build.sh helm: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(bin)), "helm"), nil
}

// runHelm runs Helm for a cluster, with values on its standard input where args
// say so, and returns what it prints. Its error has what it says on standard
// error.
func runHelm(t *testing.T, cluster *kubetest.Server, values string, args ...string) (string, error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(helm, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(values), &stdout, &stderr
	// Nothing of this machine's own: no repositories, plugins or clusters.
	own := t.TempDir()
	cmd.Env = append(os.Environ(), "KUBECONFIG="+cluster.Kubeconfig(),
		"HELM_CACHE_HOME="+own, "HELM_CONFIG_HOME="+own, "HELM_DATA_HOME="+own)
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("helm %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// template is what Helm makes of the chart with values.
func template(t *testing.T, values string) objects {
	t.Helper()
	out, err := runHelm(t, server, values, "template", "switchyard", folder, "--namespace", home, "--values", "-")
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, out)
}
