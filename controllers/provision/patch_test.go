package provision

import (
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
)

// FuzzPatch: whatever a patch is, it is refused or leaves what must stay.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `1`, ``, `{"spec":null}`, `{"metadata":{"labels":null}}`,
		`{"spec":{"containers":[{"name":"gateway","$patch":"delete"}]}}`,
		`{"spec":{"containers":[{"$patch":"replace"}]}}`,
		`{"spec":{"containers":["gateway"]}}`,
		`{"spec":{"$setElementOrder/containers":[{"name":"gateway"}],"volumes":[{"name":"certificates","$retainKeys":["name"]}]}}`,
		`{"spec":{"volumes":[{"$patch":"replace"},{"name":"certificates","emptyDir":{}}]}}`,
		`{"$patch":"replace","spec":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		g := read(t, plainGateway)
		before, err := podTemplate(g, options)
		if err != nil {
			t.Fatal(err)
		}
		g.Parameters.PodTemplate = &runtime.RawExtension{Raw: raw}
		after, err := podTemplate(g, options)
		if err != nil {
			return
		}
		if err := survives(g, before.Spec, after); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	})
}
