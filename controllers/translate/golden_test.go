package translate_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"switchyard.dev/controllers/files"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/config"
)

var update = flag.Bool("update", false, "rewrite testdata/*/*.out.yaml")

// modes are the folders of testdata, and the options that hold in each.
var modes = map[string]translate.Options{
	"standalone": translate.Standalone(),
	"cluster":    {},
}

func TestGolden(t *testing.T) {
	each(t, func(t *testing.T, in string, options translate.Options) {
		result := translate.Translate(read(t, in), options)
		if err := config.Validate(result.Snapshot); err != nil {
			t.Errorf("the snapshot is not valid: %v", err)
		}
		got := render(t, result)
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

func TestOrderOfObjectsDoesNotMatter(t *testing.T) {
	each(t, func(t *testing.T, in string, options translate.Options) {
		objects := read(t, in)
		want := render(t, translate.Translate(objects, options))
		random := rand.New(rand.NewPCG(1, 2))
		for range 10 {
			shuffle(random, objects.GatewayClasses)
			shuffle(random, objects.Gateways)
			shuffle(random, objects.WebSocketRoutes)
			shuffle(random, objects.WebSocketPolicies)
			shuffle(random, objects.ReferenceGrants)
			shuffle(random, objects.Services)
			shuffle(random, objects.EndpointSlices)
			shuffle(random, objects.Secrets)
			shuffle(random, objects.ConfigMaps)
			shuffle(random, objects.Namespaces)
			if got := render(t, translate.Translate(objects, options)); !bytes.Equal(got, want) {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
		}
	})
}

func TestObjectsAreOnlyRead(t *testing.T) {
	each(t, func(t *testing.T, in string, options translate.Options) {
		objects := read(t, in)
		before := encode(t, objects)
		translate.Translate(objects, options)
		if !bytes.Equal(before, encode(t, objects)) {
			t.Error("Translate has changed its input")
		}
	})
}

// each runs test for every input.
func each(t *testing.T, test func(t *testing.T, in string, options translate.Options)) {
	t.Helper()
	for mode, options := range modes {
		inputs, err := filepath.Glob(filepath.Join("testdata", mode, "*.in.yaml"))
		if err != nil || len(inputs) == 0 {
			t.Fatalf("no inputs for %s: %v", mode, err)
		}
		for _, in := range inputs {
			t.Run(mode+"/"+strings.TrimSuffix(filepath.Base(in), ".in.yaml"), func(t *testing.T) { test(t, in, options) })
		}
	}
}

func read(t *testing.T, in string) translate.Objects {
	t.Helper()
	objects, err := files.Read(in)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func shuffle[T any](random *rand.Rand, all []T) {
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
}

func encode(t *testing.T, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// render is a Result for people: a line a condition, the snapshot without
// certificates.
func render(t *testing.T, r translate.Result) []byte {
	t.Helper()
	shown := r.Snapshot.Redacted()
	for _, l := range shown.Listeners {
		for _, c := range l.GetTls().GetCertificates() {
			c.Chain = []byte("PEM")
		}
		if v := l.GetTls().GetClientValidation(); v != nil {
			v.Authorities = []byte("PEM")
		}
	}
	data, err := protojson.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := yaml.JSONToYAML(data)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintln(&b, "verdicts:")
	for _, v := range r.Verdicts {
		fmt.Fprintf(&b, "- %s %s/%s: %s\n", v.Kind, v.Namespace, v.Name, v.Ignored)
		conditions(&b, "", v.Conditions)
		for _, l := range v.Listeners {
			conditions(&b, fmt.Sprintf("listener %s, %d routes, %d kinds", l.Name, l.AttachedRoutes, len(l.SupportedKinds)), l.Conditions)
		}
		for _, p := range v.Parents {
			conditions(&b, "parent "+reference(p.ParentRef), p.Conditions)
		}
		for _, a := range v.Ancestors {
			conditions(&b, "target "+reference(a.AncestorRef), a.Conditions)
		}
	}
	fmt.Fprintf(&b, "snapshot:\n  %s\n", strings.ReplaceAll(strings.TrimSpace(string(snapshot)), "\n", "\n  "))
	return b.Bytes()
}

func conditions(b *bytes.Buffer, of string, all []metav1.Condition) {
	if of != "" {
		fmt.Fprintf(b, "  - %s\n", of)
	}
	for _, c := range all {
		fmt.Fprintf(b, "    - %s\n", strings.TrimSpace(fmt.Sprintf("%s=%s %s %s", c.Type, c.Status, c.Reason, c.Message)))
	}
}

func reference(ref gatewayv1.ParentReference) string {
	words := ""
	if ref.Kind != nil {
		words = string(*ref.Kind) + " "
	}
	if ref.Namespace != nil {
		words += string(*ref.Namespace) + "/"
	}
	words += string(ref.Name)
	if ref.SectionName != nil {
		words += "/" + string(*ref.SectionName)
	}
	return words
}
