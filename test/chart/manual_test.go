package chart

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/test/manualtest"
)

const manual = folder + "/README.md"

func TestTheManualHasTheValues(t *testing.T) {
	manualtest.Table(t, manual, "values", valuesTable(t))
}

func TestExamplesInTheManualAreValues(t *testing.T) {
	for _, example := range manualtest.Examples(t, manual) {
		g := get[*gatewayv1.Gateway](t, template(t, example), "Gateway "+edge)
		if l := g.Spec.Listeners[0]; l.Protocol != gatewayv1.HTTPSProtocolType || len(g.Annotations) == 0 {
			t.Errorf("no wss by cert-manager comes of\n%s", example)
		}
	}
}

// valuesTable is a line for each value that has a comment.
func valuesTable(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(folder + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("| value | default | |\n|---|---|---|\n")
	writeValues(t, &out, "", document.Content[0])
	return out.String()
}

// writeValues writes those of an object, key by key. One without a comment is a
// group of others.
func writeValues(t *testing.T, out *strings.Builder, prefix string, object *yaml.Node) {
	t.Helper()
	for i := 0; i < len(object.Content); i += 2 {
		key, value := object.Content[i], object.Content[i+1]
		_, text, documented := strings.Cut(key.HeadComment, "# -- ")
		if !documented {
			if value.Kind != yaml.MappingNode || len(value.Content) == 0 {
				t.Errorf("values.yaml: nothing is said of %s%s", prefix, key.Value)
			}
			writeValues(t, out, prefix+key.Value+".", value)
			continue
		}
		var plain any
		if err := value.Decode(&plain); err != nil {
			t.Fatal(err)
		}
		compact, err := json.Marshal(plain)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(out, "| `%s%s` | `%s` | %s |\n", prefix, key.Value, compact, text)
	}
}

// TestEveryValueIsInValues: what the schema knows, values.yaml shows.
func TestEveryValueIsInValues(t *testing.T) {
	data, err := os.ReadFile(folder + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := yaml.Unmarshal(data, &values); err != nil {
		t.Fatal(err)
	}
	// Helm's own, and what of its values is nothing where nobody asks for it.
	skip := map[string]bool{"global": true, "switchyard-crds": true, "gateway-api-crds": true, "gateway.parameters": true}
	var shown func(prefix string, s schema, values map[string]any)
	shown = func(prefix string, s schema, values map[string]any) {
		for name, inner := range s.Properties {
			value, there := values[name]
			if skip[prefix+name] {
				continue
			}
			if !there {
				t.Errorf("values.yaml does not have %s%s", prefix, name)
			}
			if group, ok := value.(map[string]any); ok {
				shown(prefix+name+".", inner, group)
			}
		}
	}
	shown("", readSchema(t), values)
}
