package api

import (
	"encoding/json"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"switchyard.dev/api/v1alpha1"
)

func TestDefaultsAreFilledInForARoute(t *testing.T) {
	for name, tc := range map[string]struct{ spec, want string }{
		"what is left out": {
			spec: "parentRefs: [{name: edge}]\nsubprotocols: [{name: mqtt, backendRefs: [{name: a, port: 1}]}]\nfallback: {backendRefs: [{name: b, port: 2}]}",
			want: `{
				"parentRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"}],
				"path": {"type": "PathPrefix", "value": "/"},
				"subprotocols": [{
					"name": "mqtt", "framing": "Stream", "messageType": "Binary",
					"backendRefs": [{"group": "", "kind": "Service", "name": "a", "port": 1, "weight": 1}]
				}],
				"fallback": {
					"framing": "Stream", "messageType": "Binary",
					"backendRefs": [{"group": "", "kind": "Service", "name": "b", "port": 2, "weight": 1}]
				}
			}`,
		},
		"the type of a path": {
			spec: "path: {value: /mqtt}\nfallback: {backendRefs: [{name: b, port: 2}], framing: Lines, messageType: Text}",
			want: `{
				"path": {"type": "PathPrefix", "value": "/mqtt"},
				"fallback": {
					"framing": "Lines", "messageType": "Text",
					"backendRefs": [{"group": "", "kind": "Service", "name": "b", "port": 2, "weight": 1}]
				}
			}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantStored(t, newObject(t, server.Namespace(t), v1alpha1.KindWebSocketRoute, tc.spec), tc.want)
		})
	}
}

// A value that the API server filled in would win over an outer policy's, or
// over the parameters of a class.
func TestNothingIsFilledInWhereItIsInherited(t *testing.T) {
	wantStored(t, newObject(t, server.Namespace(t), v1alpha1.KindWebSocketPolicy, soundPolicy, "{timeouts: {}, keepalive: {}, limits: {}, origins: []}"), `{
		"targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"}],
		"timeouts": {}, "keepalive": {}, "limits": {}, "origins": []
	}`)
	wantStored(t, newObject(t, server.Namespace(t), v1alpha1.KindGatewayParameters, "{service: {}, drain: {}, autoscaling: {maxReplicas: 3}}"),
		`{"service": {}, "drain": {}, "autoscaling": {"maxReplicas": 3}}`)
}

// wantStored creates an object and compares the spec that the API server keeps.
func wantStored(t *testing.T, object *unstructured.Unstructured, want string) {
	t.Helper()
	if err := server.Client.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if got, want := asJSON(t, object.Object["spec"]), asJSON(t, wanted); got != want {
		t.Errorf("stored\n%s\nwant\n%s", got, want)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
