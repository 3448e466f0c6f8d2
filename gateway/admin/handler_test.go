package admin

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
)

func TestPages(t *testing.T) {
	cases := map[string]struct {
		target string
		change func(*Sources)
		status int
		kind   string
		body   string // must contain
	}{
		"the process lives":         {target: "/healthz", status: 200, kind: "text/plain", body: "ok"},
		"it lives while it drains":  {target: "/healthz", change: drains, status: 200, kind: "text/plain", body: "ok"},
		"it is ready":               {target: "/readyz", status: 200, kind: "text/plain", body: "ok"},
		"it is not ready, and why":  {target: "/readyz", change: drains, status: 503, kind: "text/plain", body: "the gateway drains"},
		"metrics":                   {target: "/metrics", status: 200, kind: "text/plain", body: "switchyard_test_total 0"},
		"routes":                    {target: "/routes", status: 200, kind: "application/json", body: "ws.example.com"},
		"routes that do not encode": {target: "/routes", change: unencodable, status: 500, kind: "text/plain", body: "unsupported"},
		"no configuration yet":      {target: "/config", change: unconfigured, status: 503, kind: "text/plain", body: "no configuration yet"},
		"no sessions":               {target: "/sessions", status: 200, kind: "application/json", body: `"sessions": []`},
		"the profiles' index":       {target: "/debug/pprof/", status: 200, kind: "text/html", body: "goroutine"},
		"one profile":               {target: "/debug/pprof/goroutine?debug=1", status: 200, kind: "text/plain", body: "goroutine profile"},
		"the command line":          {target: "/debug/pprof/cmdline", status: 200, kind: "text/plain"},
		"symbols":                   {target: "/debug/pprof/symbol", status: 200, kind: "text/plain", body: "num_symbols"},
		"an unknown page":           {target: "/nothing", status: 404, kind: "text/plain"},
		"an unknown profile":        {target: "/debug/pprof/nothing", status: 404, kind: "text/plain"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := sources()
			if tc.change != nil {
				tc.change(&s)
			}
			got := get(t, Handler(s), tc.target)
			if got.StatusCode != tc.status {
				t.Errorf("status %d, want %d", got.StatusCode, tc.status)
			}
			if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, tc.kind) {
				t.Errorf("Content-Type %q, want %q", kind, tc.kind)
			}
			if !strings.Contains(got.body, tc.body) {
				t.Errorf("%q is not in %q", tc.body, got.body)
			}
		})
	}
}

func drains(s *Sources)       { s.Ready = func() error { return errDraining } }
func unencodable(s *Sources)  { s.Routes = func() any { return func() {} } }
func unconfigured(s *Sources) { s.Config = func() *config.Snapshot { return nil } }

func TestTheIndexLinksEveryPage(t *testing.T) {
	s := sources()
	got := get(t, Handler(s), "/")
	for _, p := range pages(s) {
		if !strings.Contains(got.body, `href="`+p.path+`"`) {
			t.Errorf("no link to %s", p.path)
		}
	}
}

func TestOnlyGETAndHEAD(t *testing.T) {
	h := Handler(sources())
	for _, p := range append(pages(sources()), page{path: "/"}) {
		if strings.HasPrefix(p.path, "/debug/pprof/profile") || strings.HasPrefix(p.path, "/debug/pprof/trace") {
			continue // HEAD would take its time
		}
		if got := ask(t, h, httptest.NewRequest(http.MethodHead, p.path, nil)); got.StatusCode != http.StatusOK {
			t.Errorf("HEAD %s is %d", p.path, got.StatusCode)
		}
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			got := ask(t, h, httptest.NewRequest(method, p.path, nil))
			if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s is %d, Allow %q", method, p.path, got.StatusCode, got.Header.Get("Allow"))
			}
		}
	}
}

func TestTheConfigurationShowsNoPrivateKey(t *testing.T) {
	loaded := sampleSnapshot()
	s := sources()
	s.Config = func() *config.Snapshot { return loaded }
	got := get(t, Handler(s), "/config")

	var shown config.Snapshot
	if err := protojson.Unmarshal([]byte(got.body), &shown); err != nil {
		t.Fatal(err)
	}
	want := sampleSnapshot()
	want.Listeners[0].Tls.Certificates[0].Key = nil
	if !proto.Equal(&shown, want) {
		t.Errorf("got %v, want %v", &shown, want)
	}
	for name, secret := range map[string]string{
		"raw": "very secret", "base64": base64.StdEncoding.EncodeToString([]byte(privateKey)),
	} {
		if strings.Contains(got.body, secret) {
			t.Errorf("the private key is shown, %s", name)
		}
	}
	if !proto.Equal(loaded, sampleSnapshot()) {
		t.Error("showing the configuration changed it")
	}
}

func TestJSONIsJSON(t *testing.T) {
	for _, target := range []string{"/config", "/routes", "/sessions"} {
		if got := get(t, Handler(sources()), target); !json.Valid([]byte(got.body)) {
			t.Errorf("%s: %s", target, got.body)
		}
	}
}
