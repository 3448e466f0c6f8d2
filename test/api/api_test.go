package api

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/test/kubetest"
)

var server *kubetest.Server

func TestMain(m *testing.M) { os.Exit(kubetest.Main(m, &server)) }

// verdicts are cases of one kind: the fields of spec that a case is about, over
// those of a spec that is sound, and what the API server says to it. Nothing is
// that it takes the object.
type verdicts map[string]struct{ spec, want string }

func (v verdicts) check(t *testing.T, kind, sound string) {
	namespace := server.Namespace(t)
	for name, tc := range v {
		t.Run(name, func(t *testing.T) {
			object := newObject(t, namespace, kind, sound, tc.spec)
			if got := refusal(t, server.Client.Create(t.Context(), object)); got != tc.want {
				t.Errorf("the API server says\n\t%s\nwant\n\t%s", got, tc.want)
			}
		})
	}
}

// newObject is an object with the fields of several specs, the last one's first.
func newObject(t *testing.T, namespace, kind string, specs ...string) *unstructured.Unstructured {
	t.Helper()
	spec := map[string]any{}
	for _, s := range specs {
		if err := yaml.UnmarshalStrict([]byte(s), &spec); err != nil {
			t.Fatalf("%v in %s", err, s)
		}
	}
	object := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	object.SetNamespace(namespace)
	object.SetGenerateName("case-")
	return object
}

// rulesLeftOut is said beside an error of the schema that keeps CEL rules from
// being asked.
const rulesLeftOut = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"

// refusal is every "field: message" of an error, a line each, in order: the API
// server's own order is not always the same.
func refusal(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		t.Fatalf("not the API server's: %v", err)
	}
	var lines []string
	for _, c := range status.Status().Details.Causes {
		if strings.HasSuffix(c.Message, rulesLeftOut) {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s", c.Field, c.Message))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
