package e2e

import (
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/test/e2e/crowd"
)

const (
	// home is the namespace of the release, apps that of services and routes.
	home = "switchyard-system"
	apps = "apps"
	// host is the one that routes and the certificate are for.
	host       = "ws.example.com"
	echoPath   = "/echo"
	repository = "switchyard/switchyard"
)

// installation is one release of the chart, and who uses it.
type installation struct {
	client.Client
	chart     string
	authority *authority
	// address is that of the Gateway's Service.
	address string
	crowd   *crowd.Crowd
	board   board
}

// install brings the chart in as a user would, with what it is to serve, and
// waits until all of that is ready.
func install(t *testing.T) *installation {
	t.Helper()
	i := &installation{Client: dialCluster(t), chart: setting("E2E_CHART", "../../charts/switchyard"), authority: newAuthority(t)}
	restrictedNamespace(t, home)
	restrictedNamespace(t, apps)
	i.certify(t)
	helm(t, "install", "switchyard", i.chart, "--namespace", home, "--values", "testdata/values.yaml",
		"--set", "image.tag="+tag(), "--wait", "--timeout", patience.String())
	apply(t, apps, strings.ReplaceAll(readFile(t, "apps.yaml"), "IMAGE", image(tag())))
	apply(t, apps, readFile(t, "routes.yaml"))
	for _, w := range []workload{controller, gateways, echo, mosquitto} {
		i.settled(t, w, anyway)
	}
	i.served(t, echo, 7)
	i.served(t, mosquitto, 1883)
	i.address = i.clusterIP(t)
	i.reached(t)
	return i
}

// reached waits until the node leads clients to the gateways: kube-proxy may hear
// of a pod that is ready after everybody else has.
func (i *installation) reached(t *testing.T) {
	t.Helper()
	for _, e := range i.entrances() {
		eventually(t, "the node leads clients to "+e.Address, func() error {
			conn, err := net.DialTimeout("tcp", e.Address, lookEvery)
			if err == nil {
				err = conn.Close()
			}
			return err
		})
	}
}

// upgrade changes values of the release, and nothing else.
func (i *installation) upgrade(t *testing.T, values ...string) {
	t.Helper()
	args := []string{"upgrade", "switchyard", i.chart, "--namespace", home, "--reuse-values"}
	for _, v := range values {
		args = append(args, "--set", v)
	}
	helm(t, args...)
}

// restrictedNamespace is one in which no pod may have more rights than Pod
// Security's strictest standard allows.
func restrictedNamespace(t *testing.T, name string) {
	t.Helper()
	kubectl(t, "create", "namespace", name)
	kubectl(t, "label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
}

// certify gives the wss listener a new certificate, and returns its number.
func (i *installation) certify(t *testing.T) *big.Int {
	t.Helper()
	serial, chain, key := i.authority.issue(t, host)
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: "edge-tls"},
		Type:       corev1.SecretTypeTLS,
		StringData: map[string]string{"tls.crt": chain, "tls.key": key},
	}
	err := i.Create(t.Context(), secret)
	if err == nil {
		return serial
	}
	if err := i.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	return serial
}

func (i *installation) clusterIP(t *testing.T) string {
	t.Helper()
	s := &corev1.Service{}
	if err := i.Get(t.Context(), client.ObjectKey{Namespace: gateways.namespace, Name: gateways.name}, s); err != nil {
		t.Fatal(err)
	}
	if net.ParseIP(s.Spec.ClusterIP) == nil {
		t.Fatalf("the Gateway's Service has the address %q", s.Spec.ClusterIP)
	}
	return s.Spec.ClusterIP
}

// entrance is for clients of a path with the subprotocol "echo".
func (i *installation) entrance(path string) crowd.Entrance {
	return crowd.Entrance{Address: net.JoinHostPort(i.address, "80"), Host: host, Path: path, Subprotocol: "echo"}
}

// entrances are that of the echo service over ws, and over wss.
func (i *installation) entrances() []crowd.Entrance {
	plain := i.entrance(echoPath)
	secure := plain
	secure.Address, secure.TLS = net.JoinHostPort(i.address, "443"), i.authority.trust()
	return []crowd.Entrance{plain, secure}
}

func tag() string     { return setting("E2E_TAG", "e2e") }
func nextTag() string { return setting("E2E_NEXT_TAG", "e2e-next") }

func image(tag string) string { return fmt.Sprintf("%s:%s", repository, tag) }

// modules is where npm has put mqtt.js.
func modules() string {
	return setting("E2E_NODE_MODULES", filepath.Join("..", "..", "hack", "interop", "node_modules"))
}
