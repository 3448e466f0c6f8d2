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
	{"controllers/translate", module + "/controllers", true, "translation does not care where objects come from, nor what becomes of what it makes"},
	{"controllers/provision", module + "/controllers/xds", true, "what a data plane is made of does not depend on what it is told to serve"},
	{"controllers/provision", module + "/controllers/authority", true, "a data plane mounts a Secret, whatever is in it"},
	{"controllers/provision", module + "/controllers/status", true, "the applier tells what came of it; what people read of that is another matter"},
	{"controllers/files", module + "/gateway", false, "a source knows objects; the translator knows the gateway"},
	{"controllers/files", "sigs.k8s.io/controller-runtime", true, "files are read where there is no cluster"},
	{"controllers/cluster", module + "/gateway", false, "a source knows objects; the translator knows the gateway"},
	{"controllers/cluster", module + "/controllers/xds", true, "a source does not care what becomes of its objects"},
	{"controllers/cluster", module + "/controllers/authority", true, "a source does not care what becomes of its objects"},
	{"controllers/loop", module, true, "a loop does not care what it runs"},
	{"controllers/loop", "k8s.io", true, "a loop does not care what it runs"},
	{"controllers/credentials", module + "/controllers/xds", true, "certificates are kept, whoever shows them"},
	{"controllers/status", module + "/controllers/provision", true, "a status is told of a data plane, however that is run"},
	{"controllers/status", module + "/gateway", false, "a status is told digests, not what is in them"},
	{"controllers/reports", module + "/controllers/status", true, "reports are carried, not judged"},
	{"controllers/reports", module + "/gateway", false, "reports are carried, not judged"},
	{"controllers/...", "sigs.k8s.io/controller-runtime/pkg/reconcile", false, "events only say look again: one loop reads everything"},
	{"controllers/...", module + "/gateway/session", true, "what controllers say to a gateway is said in gateway/config"},
	{"controllers/...", module + "/gateway/listener", true, "what controllers say to a gateway is said in gateway/config"},
	{"controllers/authority", "sigs.k8s.io/controller-runtime", true, "an authority is made from data and the time"},
	{"controllers/authority", "k8s.io/client-go", true, "an authority is made from data and the time"},
	{"controllers/authority", "net", false, "an authority is made from data and the time"},
	{"controllers/authority", "os", false, "an authority is made from data and the time"},
	{"controllers/xds", "sigs.k8s.io/controller-runtime", true, "the server of gateways is given snapshots"},
	{"controllers/xds", "k8s.io/client-go", true, "the server of gateways is given snapshots"},
	{"controllers/xds", "k8s.io/api", true, "the server of gateways knows no Kubernetes objects"},
	{"controllers/xds", module + "/controllers/translate", true, "the server of gateways does not care who made a snapshot"},
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
	{"gateway/driver/loop", module + "/gateway/frame", false, "a driver moves bytes; the engine knows frames"},
	{"gateway/driver/pump", module + "/gateway/frame", false, "a driver moves bytes; the engine knows frames"},
	{"gateway/driver/...", module + "/gateway/handshake", true, "a driver meets established sessions only"},
	{"gateway/driver/...", module + "/gateway/route", true, "a driver knows no routes"},
	{"gateway/driver/...", module + "/gateway/config", true, "a driver is told of one session, not how it came about"},
	{"gateway/driver/...", "net/http", true, "a driver carries what is no HTTP any more"},
	{"gateway/driver/loop", module + "/gateway/driver/pump", true, "a driver knows no other one"},
	{"gateway/driver/pump", module + "/gateway/driver/loop", true, "a driver knows no other one"},
	{"gateway/driver/wheel", module, true, "a wheel turns for whatever is due"},
	{"gateway/internal/footprint", module, true, "what crypto/tls holds does not depend on whose connection it is"},
	{"gateway/handshake", "net", false, "the handshake is pure but for its bounded reader"},
	{"gateway/handshake", module + "/gateway", true, "a request is read before anything is known of who serves it"},
	{"gateway/route", "net", false, "a table does no I/O"},
	{"gateway/policy", "net", false, "a policy does no I/O"},
	{"gateway/config", module + "/gateway", true, "the model is nobody's: all others build on it"},
	{"gateway/upstream", module + "/gateway/route", true, "the pool is told a target, however it was found"},
	{"gateway/upstream", module + "/gateway/session", true, "the pool gives connections, whatever they carry"},
	{"gateway", "google.golang.org/grpc", true, "a gateway is given snapshots, whoever brings them"},
	{"gateway/keep", "google.golang.org/grpc", true, "what is kept is for when there is no controller"},
	{"gateway/xds", module + "/gateway/keep", true, "the client does not care who keeps what it is given"},
	{"gateway/xds", module + "/gateway/session", true, "the client brings snapshots, it does not serve them"},
	{"cmd/switchyard-gateway", "k8s.io", true, "taking over the process that faces the internet must not yield the cluster"},
	{"cmd/switchyard-gateway", "sigs.k8s.io", true, "taking over the process that faces the internet must not yield the cluster"},
	{"cmd/switchyard-gateway", module + "/controllers", true, "the data plane alone"},
	{"cmd/switchyard-gateway", module + "/api", true, "the data plane alone"},
	{"gateway/...", "github.com/spf13", true, "flags exist only under cmd"},
	{"gateway/...", "os/signal", false, "signals exist only under cmd"},
	{"controllers/...", "os/signal", false, "signals exist only under cmd"},
	{"cmd/...", module + "/test", true, "what serves links nothing that is for tests"},
	{"cmd/...", module + "/gateway/driver/drivertest", true, "what serves links nothing that is for tests"},
	{"cmd/...", module + "/gateway/internal/certtest", true, "what serves links nothing that is for tests"},
	{"test/kubetest", module + "/controllers", true, "the API server of the tests does not care who speaks to it"},
	{"test/kubetest", module + "/gateway", true, "the API server of the tests does not care who speaks to it"},
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

// Rooms that only some may enter, tests left out.
var only = []struct {
	room string
	by   []string
	why  string
}{
	{"controllers", []string{"cmd/switchyard"}, "the operator is a program's"},
	{"controllers/authority", []string{"controllers", "controllers/credentials", "controllers/xds"}, "keys are for those who keep them and those who ask for them"},
	{"controllers/cluster", []string{"controllers"}, "rooms are given objects, wherever they are from"},
	{"controllers/credentials", []string{"controllers"}, "the operator ties the rooms together"},
	{"controllers/files", []string{"cmd/switchyard"}, "rooms are given objects, wherever they are from"},
	{"controllers/loop", []string{"controllers"}, "a room does not say when it is used"},
	{"controllers/reports", []string{"controllers"}, "the operator ties the rooms together"},
	{"controllers/status", []string{"controllers"}, "nothing depends on what people are told"},
	{"controllers/xds", []string{"controllers", "controllers/reports", "controllers/status"}, "what gateways report is for those who tell it"},
	{"gateway/driver/loop", []string{"gateway"}, "what drives a session is the gateway's to choose"},
	{"gateway/driver/pump", []string{"gateway"}, "what drives a session is the gateway's to choose"},
	{"gateway/driver/wheel", []string{"gateway/driver/loop"}, "the wheel of a shard is for nobody else"},
	{"gateway/internal/footprint", []string{"gateway/driver/loop"}, "nothing may read a TLS connection while it is reduced, and only its shard knows"},
}

func TestRoomsAreEnteredByThoseWhoMay(t *testing.T) {
	packages := list(t)
	for _, law := range only {
		entered := false
		for _, p := range packages {
			if !slices.Contains(p.Imports, module+"/"+law.room) || matches(p.ImportPath, "test/...") {
				continue
			}
			entered = true
			if !slices.ContainsFunc(law.by, func(from string) bool { return matches(p.ImportPath, from) }) {
				t.Errorf("%s imports %s, which is for %v: %s", p.ImportPath, law.room, law.by, law.why)
			}
		}
		if !entered {
			t.Errorf("a law speaks of %s, which nobody imports", law.room)
		}
	}
}

// Rooms that may log: the outermost. Below controllers none does.
var loggers = []string{"cmd/...", "controllers", "gateway", "gateway/admin", "gateway/listener", "gateway/xds", "test/..."}

// logs are what is logged with.
var logs = []string{
	"log", "log/slog", "github.com/go-logr/logr", "k8s.io/klog/v2", "sigs.k8s.io/controller-runtime",
	"sigs.k8s.io/controller-runtime/pkg/log", "github.com/envoyproxy/go-control-plane/pkg/log",
}

func TestOnlyTheOuterRoomsLog(t *testing.T) {
	for _, p := range list(t) {
		if slices.ContainsFunc(loggers, func(from string) bool { return matches(p.ImportPath, from) }) {
			continue
		}
		for _, i := range p.Imports {
			if slices.Contains(logs, i) {
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
	// On Linux and without tags there is most to be seen.
	cmd := exec.Command("go", "list", "-tags=", "-json=ImportPath,Doc,Imports,Deps", module+"/...")
	cmd.Env = append(cmd.Environ(), "GOOS=linux")
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
