package translate_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchyard.dev/controllers/files"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/config"
)

var update = flag.Bool("update", false, "rewrite testdata/*/*.out.yaml")

// now is when every case plays.
var now = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

// modes are the folders of testdata, and the options that hold in each.
var modes = map[string]translate.Options{
	"standalone": translate.Standalone(),
	"cluster":    {},
}

func TestGolden(t *testing.T) {
	each(t, func(t *testing.T, in string, options translate.Options) {
		result := translate.Translate(read(t, in), options)
		if err := config.Validate(result.Snapshot); options.OneProcess && err != nil {
			t.Errorf("the snapshot is not valid: %v", err)
		}
		for _, g := range result.Gateways {
			if err := config.Validate(g.Snapshot); err != nil {
				t.Errorf("the snapshot of Gateway %s/%s is not valid: %v", g.Namespace, g.Name, err)
			}
		}
		got := render(t, result, options)
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
		want := render(t, translate.Translate(objects, options), options)
		random := rand.New(rand.NewPCG(1, 2))
		for range 10 {
			shuffle(random, objects.GatewayClasses)
			shuffle(random, objects.Gateways)
			shuffle(random, objects.WebSocketRoutes)
			shuffle(random, objects.WebSocketPolicies)
			shuffle(random, objects.GatewayParameters)
			shuffle(random, objects.BackendTLSPolicies)
			shuffle(random, objects.ReferenceGrants)
			shuffle(random, objects.Services)
			shuffle(random, objects.EndpointSlices)
			shuffle(random, objects.Secrets)
			shuffle(random, objects.ConfigMaps)
			shuffle(random, objects.Namespaces)
			if got := render(t, translate.Translate(objects, options), options); !bytes.Equal(got, want) {
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
	objects.Now = now
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
