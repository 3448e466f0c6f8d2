package v1alpha1

import (
	"encoding/json"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestAddToSchemeKnowsEveryKind(t *testing.T) {
	s := runtime.NewScheme()
	if err := AddToScheme(s); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{KindWebSocketRoute, KindWebSocketRoute + "List", KindWebSocketPolicy, "WebSocketPolicyList", KindGatewayParameters, "GatewayParametersList"} {
		if !s.Recognizes(schema.GroupVersionKind{Group: "switchyard.dev", Version: "v1alpha1", Kind: kind}) {
			t.Errorf("%s is not registered", kind)
		}
	}
}

func TestAnEmptyListOfOriginsSurvives(t *testing.T) {
	for in, want := range map[string]bool{`{"targetRefs":[],"origins":[]}`: true, `{"targetRefs":[]}`: false} {
		var spec WebSocketPolicySpec
		if err := json.Unmarshal([]byte(in), &spec); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(spec.DeepCopy())
		if err != nil {
			t.Fatal(err)
		}
		if string(out) != in || (spec.Origins != nil) != want {
			t.Errorf("%s became %s", in, out)
		}
	}
}
