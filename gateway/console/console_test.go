package console

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/registry"
)

// get asks the console as a program on its own host would, unless change says
// otherwise.
func get(t *testing.T, h http.Handler, path string, change ...func(*http.Request)) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/", nil)
	r.URL.Path = path
	r.RemoteAddr = "127.0.0.1:50000"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func method(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }
func from(addr string) func(*http.Request) {
	return func(r *http.Request) { r.RemoteAddr = addr }
}
func host(h string) func(*http.Request) { return func(r *http.Request) { r.Host = h } }

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func empty() Sources {
	return Sources{
		Config:   func() *config.Snapshot { return nil },
		Sessions: func(func(registry.Live) bool) {},
	}
}

func TestHandlerAnswers(t *testing.T) {
	h := Handler(empty())
	for name, tc := range map[string]struct {
		method, path string
		wantStatus   int
		wantType     string
		wantBody     string
	}{
		"the page":                    {path: "/", wantStatus: 200, wantType: "text/html; charset=utf-8", wantBody: "<!doctype html>"},
		"its style":                   {path: "/console/console.css", wantStatus: 200, wantType: "text/css; charset=utf-8", wantBody: "prefers-color-scheme: dark"},
		"its script":                  {path: "/console/console.js", wantStatus: 200, wantType: "text/javascript; charset=utf-8", wantBody: "import"},
		"its icon":                    {path: "/console/icon.svg", wantStatus: 200, wantType: "image/svg+xml", wantBody: "<svg"},
		"the page again without body": {method: "HEAD", path: "/", wantStatus: 200, wantType: "text/html; charset=utf-8"},
		"no routes are a list":        {path: "/console/api/routes", wantStatus: 200, wantType: "application/json", wantBody: `{"routes":[]}`},
		"no sessions are a list":      {path: "/console/api/sessions", wantStatus: 200, wantType: "application/json", wantBody: `"total":0,"sessions":[]`},
		"a post to the page":          {method: "POST", path: "/", wantStatus: 405, wantType: "text/plain; charset=utf-8", wantBody: "GET or HEAD"},
		"a delete of the sessions":    {method: "DELETE", path: "/console/api/sessions", wantStatus: 405, wantType: "text/plain; charset=utf-8", wantBody: "GET or HEAD"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.method == "" {
				tc.method = http.MethodGet
			}
			r := get(t, h, tc.path, method(tc.method))
			if r.StatusCode != tc.wantStatus || r.Header.Get("Content-Type") != tc.wantType {
				t.Errorf("got %d %q, want %d %q", r.StatusCode, r.Header.Get("Content-Type"), tc.wantStatus, tc.wantType)
			}
			if got := body(t, r); !strings.Contains(got, tc.wantBody) || tc.method == http.MethodHead && got != "" {
				t.Errorf("body is %.200q, want %q in it", got, tc.wantBody)
			}
			if allow := r.Header.Get("Allow"); (allow == "GET, HEAD") != (tc.wantStatus == 405) {
				t.Errorf("Allow is %q with status %d", allow, r.StatusCode)
			}
		})
	}
}

func TestPathsThatAreNotTheConsolesAreLeftToTheGateway(t *testing.T) {
	h := Handler(empty())
	for _, path := range []string{"/echo", "/console", "/console/", "/console/index.html", "/console.go"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequest(method, path, nil)
			if _, pattern := h.Handler(r); pattern != "" {
				t.Errorf("%s %s goes to %s", method, path, pattern)
			}
		}
	}
}

func TestEveryAnswerIsLockedDown(t *testing.T) {
	h := Handler(empty())
	for _, path := range []string{"/", "/console/console.js", "/console/api/routes"} {
		header := get(t, h, path).Header
		for name, want := range map[string]string{
			"Content-Security-Policy":      contentPolicy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Access-Control-Allow-Origin":  "",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestWhatIsLookedUpIsNotCached(t *testing.T) {
	h := Handler(empty())
	if got := get(t, h, "/console/api/sessions").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("sessions: Cache-Control is %q, want no-store", got)
	}
	if got := get(t, h, "/console/console.css").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("style: Cache-Control is %q, want no-cache", got)
	}
}

func TestConfigIsReadAtEachRequest(t *testing.T) {
	s := empty()
	snapshot := &config.Snapshot{}
	s.Config = func() *config.Snapshot { return snapshot }
	h := Handler(s)
	if n := countRoutes(t, h); n != 0 {
		t.Fatalf("%d routes, want none", n)
	}
	snapshot = echoSnapshot()
	if n := countRoutes(t, h); n != 1 {
		t.Fatalf("%d routes after the change, want 1", n)
	}
}

func countRoutes(t *testing.T, h http.Handler) int {
	t.Helper()
	var answer struct{ Routes []any }
	if err := json.Unmarshal([]byte(body(t, get(t, h, "/console/api/routes"))), &answer); err != nil {
		t.Fatal(err)
	}
	return len(answer.Routes)
}
