package laws

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// Laws of calls, for what stands in a package or below it, tests left out.
var neverCalled = []struct {
	from, call string
	except     []string
	why        string
}{
	{"", "os.Exit", []string{"cmd/switchyard/main.go", "cmd/switchyard-gateway/main.go"}, "only main ends the process"},
	{"", "log.Fatal", nil, "only main ends the process"},
	{"", "log.Fatalf", nil, "only main ends the process"},
	{"gateway", "time.Sleep", nil, "what waits can be told to stop"},
	{"controllers", "time.Sleep", nil, "what waits can be told to stop"},
	{"controllers/authority", "time.Now", nil, "an authority is told the time"},
	{"controllers/credentials", "time.Now", nil, "the keeper is told the time"},
	{"controllers/reports", "time.Now", nil, "the exchange is told the time"},
	{"controllers/status", "time.Now", nil, "a status is told the time"},
	{"controllers/translate", "time.Now", nil, "translation is a pure function"},
	{"gateway/driver/wheel", "time.Now", nil, "the wheel is told the time"},
	{"gateway/driver/loop", "time.Now", []string{"gateway/driver/loop/kernel.go", "gateway/driver/loop/custody.go"}, "a shard has the time of its system, which tests put in the kernel's place; a goroutine has its own"},
	{"gateway/driver/loop", "time.Since", []string{"gateway/driver/loop/kernel.go"}, "a shard has the time of its system, which tests put in the kernel's place"},
	{"gateway/driver/loop", "time.After", nil, "what is due is on the shard's wheel"},
	{"gateway/driver/loop", "time.AfterFunc", []string{"gateway/driver/loop/custody.go"}, "what is due is on the shard's wheel, unless a goroutine waits for it"},
	{"gateway/driver/loop", "time.NewTimer", nil, "what is due is on the shard's wheel"},
	{"gateway/frame", "time.Now", nil, "the codec has no clock"},
	{"gateway/framing", "time.Now", nil, "framings have no clock"},
	{"gateway/handshake", "time.Now", nil, "a request is parsed alike at any time"},
	{"gateway/policy", "time.Now", nil, "a policy is the same at any time"},
	{"gateway/route", "time.Now", nil, "a table is the same at any time"},
	{"gateway/session", "time.Now", nil, "the engine is told the time"},
	{"gateway/session", "time.Since", nil, "the engine is told the time"},
	{"gateway/session", "time.After", nil, "the engine is told the time"},
	{"gateway/session", "time.AfterFunc", nil, "the engine is told the time"},
	{"gateway/session", "time.NewTimer", nil, "the engine is told the time"},
}

func TestNobodyCallsWhatTheDesignForbids(t *testing.T) {
	eachFile(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := selector.X.(*ast.Ident)
			if !ok {
				return true
			}
			call := pkg.Name + "." + selector.Sel.Name
			for _, law := range neverCalled {
				if call == law.call && (law.from == "" || below(path, law.from)) && !slices.Contains(law.except, path) {
					t.Errorf("%s uses %s: %s", path, call, law.why)
				}
			}
			return true
		})
	})
}

func TestNothingRunsBeforeMain(t *testing.T) {
	eachFile(t, func(path string, file *ast.File) {
		if ast.IsGenerated(file) {
			return
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init: what a package needs is made by whoever calls it", path)
			}
		}
	})
}

// The top level of the tree, beside files whose names begin with a dot and what
// a build leaves behind.
var top = []string{
	"Dockerfile", "LICENSE", "Makefile", "README.md", "go.mod", "go.sum",
	"api", "charts", "cmd", "config", "controllers", "gateway", "hack", "test",
	"bin", "out",
}

func TestTheTopLevelIsFixed(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); name[0] != '.' && !slices.Contains(top, name) {
			t.Errorf("%s stands at the top: find it a place below one of %v", name, top)
		}
	}
}

// eachFile visits the Go files of the module but for its tests, by their paths
// from the root.
func eachFile(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	seen := 0
	for _, folder := range []string{"api", "cmd", "controllers", "gateway"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			seen++
			visit(filepath.ToSlash(rel), file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen == 0 {
		t.Fatal("no file was looked at")
	}
}
