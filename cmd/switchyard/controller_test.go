package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
)

// kubeconfig says that the API server is where nobody listens.
const kubeconfig = `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`

func TestFailuresOfTheController(t *testing.T) {
	folder := t.TempDir()
	unreachable, damaged := filepath.Join(folder, "unreachable"), filepath.Join(folder, "damaged")
	for path, content := range map[string]string{unreachable: kubeconfig, damaged: "clusters: 1"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Nothing of this machine's own says where there is a cluster.
	t.Setenv("KUBECONFIG", filepath.Join(folder, "none"))
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	t.Setenv("POD_NAMESPACE", "")
	args := func(more ...string) []string {
		return append([]string{
			"controller", "--gateway-image", "switchyard:1", "--kubeconfig", unreachable,
			"--xds-bind", "127.0.0.1:0", "--health-bind", "0", "--metrics-bind", "0", "--replica", "controller-0",
		}, more...)
	}
	const label = "a lowercase RFC 1123 label must consist of"
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no image":                             {[]string{"controller"}, `required flag(s) "gateway-image" not set`},
		"an empty image":                       {args("--gateway-image", ""), "image is empty: want one"},
		"an empty namespace":                   {args("--namespace", ""), "namespace is empty: want one"},
		"an empty replica":                     {args("--replica", ""), "replica is empty: want one"},
		"a namespace that is none":             {args("--namespace", "A"), `namespace "A": ` + label},
		"a namespace to watch that is none":    {args("--watch-namespaces", "a,b/c"), `namespace "b/c": ` + label},
		"an address for gateways that is none": {args("--xds-bind", "nowhere"), `xDS address "nowhere": address nowhere: missing port in address`},
		"a Gateway without a namespace":        {args("--default-gateway", "edge"), `--default-gateway "edge": want namespace/name`},
		"a Gateway without a name":             {args("--default-gateway", "infra/"), `--default-gateway "infra/": want namespace/name`},
		"a Gateway with more":                  {args("--default-gateway", "infra/edge/ws"), `--default-gateway "infra/edge/ws": want namespace/name`},
		"an unknown log format":                {args("--log-format", "xml"), `--log-format "xml": want text or json`},
		"an argument":                          {args("edge"), `unknown command "edge"`},
		"a kubeconfig that is not there":       {args("--kubeconfig", filepath.Join(folder, "none")), "none: no such file or directory"},
		"a kubeconfig that is damaged":         {args("--kubeconfig", damaged), "damaged"},
		"no kubeconfig at all":                 {args("--kubeconfig", ""), "no configuration has been provided"},
		"an API server that is not there":      {args(), "begin with the API server at https://127.0.0.1:1: "},
	} {
		t.Run(name, func(t *testing.T) {
			// A process has one controller, and its metrics are registered once.
			all := ctrlmetrics.Registry
			ctrlmetrics.Registry = prometheus.NewRegistry()
			t.Cleanup(func() { ctrlmetrics.Registry = all })
			code, _, stderr := call(t, tc.args...)
			if code != 1 || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit %d\n%s\nwant 1 and %s", code, stderr, tc.want)
			}
		})
	}
}

func TestTheNameOfTheDefaultGateway(t *testing.T) {
	for said, want := range map[string]types.NamespacedName{
		"": {}, "infra/edge": {Namespace: "infra", Name: "edge"},
	} {
		if got, err := namespacedName(said); err != nil || got != want {
			t.Errorf("%q is %v, %v", said, got, err)
		}
	}
}

func TestWhoTheControllerIsWhereNothingIsSaid(t *testing.T) {
	defaults := func() (namespace, replica string) {
		f := newController().Flags()
		return f.Lookup("namespace").DefValue, f.Lookup("replica").DefValue
	}
	t.Setenv("POD_NAMESPACE", "elsewhere")
	t.Setenv("POD_NAME", "controller-7")
	if namespace, replica := defaults(); namespace != "elsewhere" || replica != "controller-7" {
		t.Errorf("it is %s of %s", replica, namespace)
	}
	t.Setenv("POD_NAMESPACE", "")
	t.Setenv("POD_NAME", "")
	host, err := os.Hostname()
	if namespace, replica := defaults(); err == nil && (namespace != "switchyard-system" || replica != host) {
		t.Errorf("it is %s of %s", replica, namespace)
	}
}
