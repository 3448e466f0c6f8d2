package provision

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/config"
)

var update = flag.Bool("update", false, "rewrite testdata/*.out.yaml")

var options = Options{Image: "example.com/switchyard:v1", Controller: "switchyard.switchyard-system.svc:9443"}

func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.in.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, in := range inputs {
		t.Run(strings.TrimSuffix(filepath.Base(in), ".in.yaml"), func(t *testing.T) {
			got := render(t, readFile(t, in))
			out := strings.TrimSuffix(in, ".in.yaml") + ".out.yaml"
			if *update {
				if err := os.WriteFile(out, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s\nrun with -update if that is right", got, want)
			}
		})
	}
}

// render is what is desired for g, as it is applied.
func render(t *testing.T, g translate.Gateway) []byte {
	t.Helper()
	objects, err := Desired(g, options)
	if err != nil {
		return fmt.Appendf(nil, "error: %v\n", err)
	}
	var b bytes.Buffer
	for i, o := range objects {
		if i > 0 {
			b.WriteString("---\n")
		}
		b.Write(renderOne(t, o))
	}
	return b.Bytes()
}

func renderOne(t *testing.T, o client.Object) []byte {
	t.Helper()
	fields, err := fieldsOf(o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := yaml.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readFile(t *testing.T, name string) translate.Gateway {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(data))
}

// read is a Gateway and, if there are any, its GatewayParameters. Every listener
// of it can be served.
func read(t *testing.T, documents string) translate.Gateway {
	t.Helper()
	first, second, _ := strings.Cut(documents, "\n---\n")
	var gateway gatewayv1.Gateway
	if err := yaml.UnmarshalStrict([]byte(first), &gateway); err != nil {
		t.Fatal(err)
	}
	var parameters v1alpha1.GatewayParameters
	if err := yaml.UnmarshalStrict([]byte(second), &parameters); err != nil {
		t.Fatal(err)
	}
	g := translate.Gateway{Gateway: &gateway, Accepted: true, Snapshot: &config.Snapshot{}, Parameters: parameters.Spec}
	for _, l := range gateway.Spec.Listeners {
		serve(&g, string(l.Name), l.Port)
	}
	return g
}

// serve adds a listener.
func serve(g *translate.Gateway, name string, port gatewayv1.PortNumber) {
	g.Snapshot.Listeners = append(g.Snapshot.Listeners, &config.Listener{
		Name: g.Namespace + "/" + g.Name + "/" + name, Port: uint32(port),
	})
}
