package v1alpha1_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/test/manualtest"
)

// documented are the kinds of the reference, with the CRD and the type that
// their tables are made from: what a schema says, in the order of the type.
var documented = []struct {
	kind, crd string
	spec      any
}{
	{v1alpha1.KindWebSocketRoute, "websocketroutes", v1alpha1.WebSocketRouteSpec{}},
	{v1alpha1.KindWebSocketPolicy, "websocketpolicies", v1alpha1.WebSocketPolicySpec{}},
	{v1alpha1.KindGatewayParameters, "gatewayparameters", v1alpha1.GatewayParametersSpec{}},
}

func TestReferenceIsThatOfTheCRDs(t *testing.T) {
	for _, d := range documented {
		table := specTable(readSchema(t, d.crd), reflect.TypeOf(d.spec))
		manualtest.Table(t, "../README.md", "spec of "+d.kind, table)
	}
}

// readSchema is the schema of spec in a CRD.
func readSchema(t *testing.T, name string) apiextensionsv1.JSONSchemaProps {
	t.Helper()
	file := filepath.Join("../../config/crd", v1alpha1.GroupName+"_"+name+".yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(data, &crd); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
}

// specTable is a Markdown table of all fields, and the rules across them.
func specTable(spec apiextensionsv1.JSONSchemaProps, t reflect.Type) string {
	out := table{seen: map[reflect.Type]string{}}
	out.WriteString("| field | type | default | meaning |\n| --- | --- | --- | --- |\n")
	out.fields("", spec, t)
	if len(spec.XValidations) > 0 {
		out.WriteString("\nAcross fields:\n\n")
		for _, rule := range spec.XValidations {
			fmt.Fprintf(&out, "- refused: “%s”\n", escape(rule.Message))
		}
	}
	return out.String()
}

// table is a table while it is written.
type table struct {
	strings.Builder
	// seen are the types of this API that are in it, with where.
	seen map[reflect.Type]string
}

// fields writes a line for each field of an object, and of those inside it.
func (out *table) fields(prefix string, object apiextensionsv1.JSONSchemaProps, t reflect.Type) {
	out.seen[t] = strings.TrimSuffix(prefix, ".")
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" {
			// Inlined: its fields are visible, and those of this object.
			out.seen[field.Type] = strings.TrimSuffix(prefix, ".")
			continue
		}
		property, element, inner := object.Properties[name], "", structIn(field.Type)
		if property.Type == "array" {
			element = "[]"
		}
		path := prefix + name
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", path, typeName(property), defaultOf(name, object), out.meaning(property, t, inner))
		if _, again := out.seen[inner]; inner != nil && !again {
			out.fields(path+element+".", schemaIn(property), inner)
		}
	}
}

// meaning is what is said of a field, its bounds and its rules. in is the type
// that it is a field of, and inner the struct that it holds, or nil.
func (out *table) meaning(p apiextensionsv1.JSONSchemaProps, in, inner reflect.Type) string {
	text, _ := splitDefault(p.Description)
	if !ours(in) {
		text, _, _ = strings.Cut(text, ". ")
		text = strings.TrimSuffix(text, ".") + "."
	}
	sentences := []string{escape(text)}
	if path, ok := out.seen[inner]; ok {
		sentences = append(sentences, fmt.Sprintf("Its fields are %s of `%s`.", names(inner), path))
	}
	if b := bounds(p); b != "" {
		sentences = append(sentences, b)
	}
	for _, rule := range append(p.XValidations, schemaIn(p).XValidations...) {
		// That a duration must be one is said by its type.
		if p.Pattern == "" || !strings.Contains(rule.Rule, p.Pattern) {
			sentences = append(sentences, fmt.Sprintf("Refused: “%s”.", escape(rule.Message)))
		}
	}
	return strings.Join(sentences, " ")
}
