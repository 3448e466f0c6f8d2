package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"switchyard.dev/cmd/internal/flags"
	"switchyard.dev/gateway/config"
)

// tooLong is when a test gives up waiting.
const tooLong = 20 * time.Second

const samples = "../../config/samples"

// call runs the program to its end.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestSamplesPassCheck(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(samples, "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			if code, stdout, stderr := call(t, "check", "-f", folder); code != 0 {
				t.Errorf("exit %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}

func TestCheckShowsWhatWouldBeServed(t *testing.T) {
	_, stdout, _ := call(t, "check", "-f", filepath.Join(samples, "quickstart"))
	for _, want := range []string{
		"WebSocketRoute default/echo: ok",
		"LISTENER             HOST  PATH     SUBPROTOCOL  SERVICE",
		"ws://127.0.0.1:8080  *     /echo/*  echo         default/echo:7007",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout\n%s\nwant %s", stdout, want)
		}
	}
}

func TestTheVNCSampleIsForClientsThatOfferNoSubprotocol(t *testing.T) {
	_, stdout, _ := call(t, "check", "-f", filepath.Join(samples, "vnc"))
	if want := "/vnc/*  (none)       default/vnc:5900"; !strings.Contains(stdout, want) {
		t.Errorf("stdout\n%s\nwant %s", stdout, want)
	}
}

const gatewayYAML = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec: {gatewayClassName: switchyard, listeners: [{name: http, protocol: HTTP, port: 8080}]}
---
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: echo}
spec:
  path: {value: PATH}
  fallback: {backendRefs: [{name: nobody, port: 7}]}
`

// edit writes the objects that one test serves.
func edit(t *testing.T, folder, path string) {
	t.Helper()
	content := strings.Replace(gatewayYAML, "PATH", path, 1)
	if err := os.WriteFile(filepath.Join(folder, "a.yaml"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFailures(t *testing.T) {
	bad, lost := t.TempDir(), t.TempDir()
	edit(t, bad, "none, other: 1")
	edit(t, lost, "/a")
	tests := map[string]struct {
		args []string
		want string
	}{
		"check of an unknown field":      {[]string{"check", "-f", bad}, `a.yaml:10: WebSocketRoute echo: unknown field "spec.path.other"`},
		"check of a missing Service":     {[]string{"check", "-f", lost}, "there is no Service default/nobody: create it or name another"},
		"check of nothing":               {[]string{"check"}, `required flag(s) "filename" not set`},
		"check of a path that is not":    {[]string{"check", "-f", filepath.Join(bad, "x")}, "no such file"},
		"run of objects that are bad":    {[]string{"run", "-f", bad}, "a.yaml:10"},
		"run with an unknown log format": {[]string{"run", "-f", lost, "--log-format", "xml"}, `--log-format "xml": want text or json`},
		"run with an access log nowhere": {[]string{"run", "-f", lost, "--access-log", filepath.Join(bad, "x", "y")}, "access log: "},
		"an echo service at no address":  {[]string{"echo", "--address", "nowhere"}, "missing port"},
		"an unknown command":             {[]string{"serve"}, `unknown command "serve"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := call(t, tc.args...)
			if code != 1 || !strings.Contains(stdout+stderr, tc.want) {
				t.Errorf("exit %d\n%s%s\nwant 1 and %s", code, stdout, stderr, tc.want)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	if code, stdout, _ := call(t, "version"); code != 0 || !strings.HasPrefix(stdout, "switchyard ") {
		t.Errorf("exit %d, %s", code, stdout)
	}
}

// recorder is a server that keeps what is applied.
type recorder struct{ applied chan *config.Snapshot }

func (r *recorder) Apply(s *config.Snapshot) error { r.applied <- s; return nil }

func (r *recorder) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (r *recorder) next(t *testing.T) *config.Snapshot {
	t.Helper()
	select {
	case s := <-r.applied:
		return s
	case <-time.After(tooLong):
		t.Fatal("nothing was applied")
		return nil
	}
}

// journal is a log that can be waited for.
type journal struct {
	mu    sync.Mutex
	text  strings.Builder
	lines chan struct{}
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Write(p)
	select {
	case j.lines <- struct{}{}:
	default:
	}
	return len(p), nil
}

// String is the log so far.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) wait(t *testing.T, want string) {
	t.Helper()
	timeout := time.After(tooLong)
	for {
		text := j.String()
		if strings.Contains(text, want) {
			return
		}
		select {
		case <-j.lines:
		case <-timeout:
			t.Fatalf("log\n%s\nwant %s", text, want)
		}
	}
}

func TestRunFollowsEditsAndRefusesBadOnes(t *testing.T) {
	folder := t.TempDir()
	edit(t, folder, "/first")
	gateway := &recorder{applied: make(chan *config.Snapshot, 10)}
	log := &journal{lines: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	f := runFlags{path: folder, echo: "127.0.0.1:0"}
	f.server.Access, f.server.Log.Format = flags.ToNowhere, "text"
	go func() {
		done <- serve(ctx, f, func(serverOptions) (server, error) { return gateway, nil }, io.Discard, log)
	}()
	first := gateway.next(t)
	if got := first.GetRoutes()[0].GetPath().GetValue(); got != "/first" {
		t.Errorf("serves %s, want /first", got)
	}
	log.wait(t, "there is no Service default/nobody")
	edit(t, folder, "/second, other: 1")
	log.wait(t, "a.yaml:10: WebSocketRoute echo: unknown field")
	edit(t, folder, "no-slash")
	log.wait(t, "WebSocketRoute default/echo: parent default/edge: ")
	edit(t, folder, "/third")
	if got := gateway.next(t).GetRoutes()[0].GetPath().GetValue(); got != "/third" {
		t.Errorf("serves %s, want /third", got)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
}

func TestRunEndsWithItsServer(t *testing.T) {
	folder := t.TempDir()
	edit(t, folder, "/")
	broken := errors.New("broken")
	f := runFlags{path: folder}
	f.server.Access, f.server.Log.Format = flags.ToStdout, "json"
	for name, open := range map[string]serverMaker{
		"cannot open":  func(serverOptions) (server, error) { return nil, broken },
		"cannot apply": func(serverOptions) (server, error) { return failing{apply: broken}, nil },
		"cannot run":   func(serverOptions) (server, error) { return failing{run: broken}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			if err := serve(t.Context(), f, open, io.Discard, io.Discard); !errors.Is(err, broken) {
				t.Errorf("run: %v, want %v", err, broken)
			}
		})
	}
}

// failing is a server that fails.
type failing struct{ apply, run error }

func (f failing) Apply(*config.Snapshot) error { return f.apply }

func (f failing) Run(context.Context) error { return f.run }

func TestEcho(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- serveEcho(ctx, l) }()
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() {
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			want := strings.Repeat("said ", 10_000)
			go func() {
				_, _ = io.WriteString(conn, want)
				_ = conn.(*net.TCPConn).CloseWrite()
			}()
			got, err := io.ReadAll(conn)
			if err != nil || string(got) != want {
				t.Errorf("%d bytes came back of %d, %v", len(got), len(want), err)
			}
		})
	}
	clients.Wait()
	stop()
	if err := <-done; err != nil {
		t.Errorf("echo: %v", err)
	}
}
