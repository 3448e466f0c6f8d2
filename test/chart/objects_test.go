package chart

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// objects are by "Kind namespace/name".
type objects map[string]client.Object

// decode reads a stream of YAML strictly.
func decode(t *testing.T, stream string) objects {
	t.Helper()
	all := objects{}
	reader := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(stream)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		json, err := yaml.ToJSON(document)
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		if string(json) == "null" {
			continue
		}
		id, object, err := decodeOne(document, json)
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		if _, twice := all[id]; twice {
			t.Errorf("%s is there twice", id)
		}
		all[id] = object
	}
}

// decodeOne is an object of its own type, or unstructured where Go has none here.
func decodeOne(document, json []byte) (id string, _ client.Object, err error) {
	strict := serializer.NewCodecFactory(server.Scheme, serializer.EnableStrict).UniversalDeserializer()
	var object runtime.Object
	object, _, err = strict.Decode(document, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		object, _, err = unstructured.UnstructuredJSONScheme.Decode(json, nil, nil)
	}
	if err != nil {
		return "", nil, err
	}
	kind, err := apiutil.GVKForObject(object, server.Scheme)
	if err != nil {
		return "", nil, err
	}
	o := object.(client.Object)
	return fmt.Sprintf("%s %s", kind.Kind, strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")), o, nil
}

// names are the identities of all objects, in order.
func (o objects) names() []string { return slices.Sorted(maps.Keys(o)) }

// get is the object of a kind and name, as the type that T says.
func get[T client.Object](t *testing.T, o objects, id string) T {
	t.Helper()
	object, ok := o[id].(T)
	if !ok {
		t.Fatalf("there is no %s, but %q", id, o.names())
	}
	return object
}
