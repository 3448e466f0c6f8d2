package laws

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "switchyard.dev"

// pkg is what go list knows of a package.
type pkg struct {
	ImportPath string
	Doc        string
	Imports    []string
	Deps       []string
}

// Laws of imports. to is an import path and all below it, or one package of the
// standard library. deep laws hold for everything that is linked; the others for
// what the package imports itself.
var never = []struct {
	from, to string
	deep     bool
	why      string
}{
	{"gateway/...", "k8s.io", true, "taking over the process that faces the internet must not yield the cluster"},
	{"gateway/...", "sigs.k8s.io", true, "taking over the process that faces the internet must not yield the cluster"},
	{"gateway/...", module + "/controllers", true, "configuration flows one way: from the controllers to the gateway"},
	{"gateway/...", module + "/api", true, "the gateway is given its own model, not Kubernetes objects"},
	{"api/...", module + "/gateway", true, "the API types know nothing else of the project"},
	{"api/...", module + "/controllers", true, "the API types know nothing else of the project"},
	{"controllers/translate", "sigs.k8s.io/controller-runtime", true, "translation is a pure function"},
	{"controllers/translate", "k8s.io/client-go", true, "translation is a pure function"},
	{"controllers/translate", "net/http", false, "translation is a pure function"},
	{"controllers/translate", "os", false, "translation is a pure function"},
	{"controllers/translate", "context", false, "translation is a pure function: it never waits"},
	{"controllers/translate", module + "/controllers/files", true, "translation does not care where objects come from"},
	{"controllers/files", module + "/gateway", false, "a source knows objects; the translator knows the gateway"},
	{"controllers/...", module + "/gateway/session", true, "what controllers say to a gateway is said in gateway/config"},
	{"controllers/...", module + "/gateway/listener", true, "what controllers say to a gateway is said in gateway/config"},
	{"gateway/frame", "net", false, "the codec does no I/O"},
	{"gateway/frame", "io", false, "the codec does no I/O"},
	{"gateway/framing", "net", false, "framings do no I/O"},
	{"gateway/text", "net", false, "the validator does no I/O"},
	{"gateway/session", "net", false, "the engine is sans-I/O"},
	{"gateway/session", "io", false, "the engine is sans-I/O"},
	{"gateway/session", "os", false, "the engine is sans-I/O"},
	{"gateway/session", "sync", false, "the engine is driven by one caller at a time"},
	{"gateway/session", "context", false, "the engine never waits"},
	{"gateway/session", module + "/gateway/driver", true, "the engine does not care who drives it"},
	{"gateway/session", module + "/gateway/config", true, "the engine is told its limits, not where they are from"},
	{"gateway/session", module + "/gateway/handshake", true, "a session begins after the handshake"},
	{"gateway/driver", module + "/gateway/frame", false, "a driver moves bytes; the engine knows frames"},
	{"gateway/driver", module + "/gateway/handshake", false, "a driver meets established sessions only"},
	{"gateway/driver", module + "/gateway/route", false, "a driver knows no routes"},
	{"gateway/handshake", "net", false, "the handshake is pure but for its bounded reader"},
	{"gateway/handshake", module + "/gateway", true, "a request is read before anything is known of who serves it"},
	{"gateway/route", "net", false, "a table does no I/O"},
	{"gateway/policy", "net", false, "a policy does no I/O"},
	{"gateway/config", module + "/gateway", true, "the model is nobody's: all others build on it"},
	{"gateway/upstream", module + "/gateway/route", true, "the pool is told a target, however it was found"},
	{"gateway/upstream", module + "/gateway/session", true, "the pool gives connections, whatever they carry"},
	{"gateway/...", "github.com/spf13", true, "flags exist only under cmd"},
	{"gateway/...", "os/signal", false, "signals exist only under cmd"},
	{"controllers/...", "os/signal", false, "signals exist only under cmd"},
}

func TestNobodyImportsWhatTheDesignForbids(t *testing.T) {
	packages := list(t)
	for _, law := range never {
		matched := false
		for _, p := range packages {
			if !matches(p.ImportPath, law.from) {
				continue
			}
			matched = true
			imports := p.Imports
			if law.deep {
				imports = p.Deps
			}
			for _, i := range imports {
				if below(i, law.to) && !(isStandard(law.to) && i != law.to) && i != p.ImportPath {
					t.Errorf("%s imports %s: %s", p.ImportPath, i, law.why)
				}
			}
		}
		if !matched {
			t.Errorf("a law speaks of %s, which is not there", law.from)
		}
	}
}

// Rooms that may log: the outermost.
var loggers = []string{"cmd/...", "gateway", "gateway/admin", "gateway/listener", "test/..."}

func TestOnlyTheOuterRoomsLog(t *testing.T) {
	for _, p := range list(t) {
		if slices.ContainsFunc(loggers, func(from string) bool { return matches(p.ImportPath, from) }) {
			continue
		}
		for _, i := range p.Imports {
			if i == "log" || i == "log/slog" || i == "github.com/go-logr/logr" {
				t.Errorf("%s imports %s: an error is returned or logged, once, and rooms inside return it", p.ImportPath, i)
			}
		}
	}
}

// What others wrote to speak WebSocket is for tests and comparisons.
var theirs = []string{"github.com/coder/websocket", "github.com/gorilla/websocket", "github.com/gobwas/ws", "golang.org/x/net/websocket"}

func TestTheProtocolIsOurOwn(t *testing.T) {
	for _, p := range list(t) {
		for _, library := range theirs {
			if slices.ContainsFunc(p.Deps, func(i string) bool { return below(i, library) }) {
				t.Errorf("%s links %s: the gateway speaks RFC 6455 itself", p.ImportPath, library)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range list(t) {
		if p.Doc == "" {
			t.Errorf("%s has no doc comment", p.ImportPath)
		}
	}
}

func TestNoPackageIsADrawerForOddments(t *testing.T) {
	drawers := []string{"util", "utils", "common", "helpers", "types", "misc", "manager"}
	for _, p := range list(t) {
		name := p.ImportPath[strings.LastIndex(p.ImportPath, "/")+1:]
		if slices.Contains(drawers, name) {
			t.Errorf("%s: a package is one noun that you could draw", p.ImportPath)
		}
	}
}

func matches(path, from string) bool {
	if rest, ok := strings.CutSuffix(from, "/..."); ok {
		return below(path, module+"/"+rest)
	}
	return path == module+"/"+from
}

func below(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,Imports,Deps", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
