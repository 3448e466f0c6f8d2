package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes files into a new folder.
func tree(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const service = `apiVersion: v1
kind: Service
metadata:
  name: echo
spec:
  ports:
  - port: 7
`

func TestReadPassesOverWhatIsNotItsBusiness(t *testing.T) {
	for name, meta := range map[string]string{
		"a kind that Kubernetes has beside a Service": "{apiVersion: v1, kind: Pod, metadata: {name: a}}",
		"a kind of another group":                     "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}",
		"a kind that only some clusters have":         "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}}",
		"an item of a List":                           "{apiVersion: v1, kind: List, items: [{apiVersion: batch/v1, kind: Job}]}",
	} {
		t.Run(name, func(t *testing.T) {
			objects, err := Read(tree(t, map[string]string{"a.yaml": service + "---\n" + meta + "\n"}))
			if err != nil || len(objects.Services) != 1 {
				t.Errorf("Read has %d services, %v; want the one", len(objects.Services), err)
			}
		})
	}
}

func TestReadSaysWhereItIsWrong(t *testing.T) {
	tests := map[string]struct {
		content string
		want    []string
	}{
		"an unknown field, at its own line": {service + "    targetport: 8\n",
			[]string{`a.yaml:8: Service echo: unknown field "spec.ports[0].targetport"`}},
		"in the second document, lines are the file's": {"# first\n" + service + "---\n" + strings.Replace(service, "port: 7", "portt: 7", 1),
			[]string{`a.yaml:16: Service echo: unknown field "spec.ports[0].portt"`, `a.yaml:10: Service default/echo: `, `a.yaml:2 has it already`}},
		"a field twice": {service + "  type: ClusterIP\n  type: ClusterIP\n",
			[]string{`a.yaml:9: spec.type: line 8 has this field already`}},
		"a value of the wrong type": {strings.Replace(service, "name: echo", "name: [echo]", 1),
			[]string{`a.yaml:4: Service: metadata.name: want string, not a JSON array`}},
		"a syntax error": {service + "---\na: [\n", []string{`a.yaml:9`}},
		"a tab":          {service + "---\na:\n\tb: 1\n", []string{`a.yaml:10: found character that cannot start any token`}},
		"an unknown kind": {strings.Replace(service, "Service", "Servce", 1),
			[]string{`a.yaml:1: kind Servce of v1 is not known: want one of GatewayClass (gateway.networking.k8s.io/v1), Gateway`}},
		"a kind of another version": {strings.Replace(service, "v1", "v2", 1), []string{`a.yaml:1: kind Service of v2 is not known`}},
		"no kind":                   {"a: 1\n", []string{`a.yaml:1: apiVersion or kind is missing`}},
		"a kind that is no string":  {"kind: [1]\n", []string{`a.yaml:1: kind: want string, not a JSON array`}},
		"no name":                   {strings.Replace(service, "name: echo", "labels: {}", 1), []string{`a.yaml:1: Service: metadata.name is missing`}},
		"no object":                 {"\n- 1\n", []string{`a.yaml:2: want an object`}},
		"an item of a List": {"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a, nam: b}\n",
			[]string{`a.yaml:6: Service a: unknown field "metadata.nam"`}},
		"an item that is no object": {"apiVersion: v1\nkind: List\nitems:\n- 1\n", []string{`a.yaml:4: items[0]: want an object`}},
		"a List with another field": {"apiVersion: v1\nkind: List\nitem: []\n", []string{`a.yaml:3: List: unknown field "item"`}},
		"all of it, not only the first": {strings.Replace(service, "name: echo", "nam: echo\n  name: echo", 1) + "  typ: a\n",
			[]string{`a.yaml:4: `, `a.yaml:9: `}},
		"a secret's value is not shown": {"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: '%hidden%'}\n", []string{`a.yaml:1: Secret: illegal base64`}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Read(filepath.Join(tree(t, map[string]string{"a.yaml": tc.content}), "a.yaml"))
			if err == nil {
				t.Fatal("Read is content")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Read:\n%v\nwant %s", err, want)
				}
			}
			if strings.Contains(err.Error(), "hidden") {
				t.Errorf("Read shows a secret: %v", err)
			}
		})
	}
}

func TestReadOfAFolder(t *testing.T) {
	other := func(name string) string { return strings.Replace(service, "echo", name, 1) }
	root := tree(t, map[string]string{
		"b.yaml":        other("b1") + "---\n\n--- # nothing\n---\n" + other("b2"),
		"a.yml":         "apiVersion: v1\nkind: List\nitems:\n- &x\n  apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n",
		"c.json":        `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "c"}}`,
		"empty.yaml":    "# nothing\n",
		"notes.txt":     "not: [yaml",
		".hidden.yaml":  "not: [yaml",
		"sub/deep.yaml": "not: [yaml",
		"dir.yaml/a":    "not: [yaml",
	})
	objects, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range objects.Services {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "a b1 b2 c" {
		t.Errorf("read %s, want a b1 b2 c", got)
	}
}

func TestReadNamesBothPlacesOfOneObject(t *testing.T) {
	root := tree(t, map[string]string{"a.yaml": service, "b.yaml": strings.Replace(service, "name: echo", "name: echo\n  namespace: default", 1)})
	_, err := Read(root)
	if want := "b.yaml:1: Service default/echo: " + filepath.Join(root, "a.yaml") + ":1 has it already"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Read: %v, want %s", err, want)
	}
}

func TestReadOfASecret(t *testing.T) {
	root := tree(t, map[string]string{"a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {one: MQ==, two: MQ==}\nstringData: {two: '2', three: '3'}\n"})
	objects, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	got := objects.Secrets[0].Data
	if string(got["one"]) != "1" || string(got["two"]) != "2" || string(got["three"]) != "3" || len(got) != 3 {
		t.Errorf("data %q", got)
	}
}

func TestReadOfEveryKind(t *testing.T) {
	for _, k := range kinds {
		for _, version := range k.apiVersions {
			t.Run(k.name+" "+version, func(t *testing.T) {
				root := tree(t, map[string]string{"a.yaml": "apiVersion: " + version + "\nkind: " + k.name + "\nmetadata: {name: a}\n"})
				if _, err := Read(root); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestReadOfNothing(t *testing.T) {
	root := tree(t, map[string]string{"a.txt": ""})
	for _, path := range []string{root, filepath.Join(root, "none")} {
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("Read(%s): %v, want an error that names it", path, err)
		}
	}
}

func FuzzDocument(f *testing.F) {
	for _, seed := range []string{service, "a: &a [*a]", "---\n---", "kind: List\napiVersion: v1\nitems: [*x]", "a: b\n? c", "<<: 1", "items: 1\nkind: List\napiVersion: v1"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		r := &reader{seen: map[identity]place{}}
		r.file("f.yaml", content)
		for _, err := range r.errs {
			if !strings.HasPrefix(err.Error(), "f.yaml:") {
				t.Errorf("no place in %q", err)
			}
		}
	})
}
