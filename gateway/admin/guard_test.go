package admin

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestGuard(t *testing.T) {
	cases := map[string]struct {
		local string // the address that the request came in over
		path  string // empty: /config
		host  string
		site  string
		mode  string
		want  int
	}{
		"localhost":                              {local: "127.0.0.1", host: "localhost:9090", want: 200},
		"localhost in capitals, without a port":  {local: "127.0.0.1", host: "LOCALHOST", want: 200},
		"an IPv4 address":                        {local: "127.0.0.1", host: "127.0.0.1:9090", want: 200},
		"an IPv6 address":                        {local: "::1", host: "[::1]:9090", want: 200},
		"an IPv6 address without a port":         {local: "::1", host: "[::1]", want: 200},
		"no Host at all":                         {local: "127.0.0.1", host: "", want: 200},
		"a page's own name":                      {local: "127.0.0.1", host: "evil.example:9090", want: 403},
		"a page's own name over IPv6":            {local: "::1", host: "evil.example", want: 403},
		"another address of loopback":            {local: "127.9.9.9", host: "evil.example", want: 403},
		"a name that begins like localhost":      {local: "127.0.0.1", host: "localhost.evil.example", want: 403},
		"a name that looks like an address":      {local: "127.0.0.1", host: "127.0.0.1.evil.example", want: 403},
		"a name, over the network":               {local: "10.0.0.5", path: "/metrics", host: "edge-admin.infra.svc:9090", want: 200},
		"a probe":                                {local: "10.0.0.5", path: "/healthz", host: "10.0.0.5:9090", want: 200},
		"a probe of readiness":                   {local: "fd00::5", path: "/readyz", host: "[fd00::5]:9090", want: 200},
		"the configuration, over the network":    {local: "10.0.0.5", path: "/config", host: "10.0.0.5:9090", want: 403},
		"the sessions, over the network":         {local: "fd00::5", path: "/sessions", host: "[fd00::5]:9090", want: 403},
		"a profile, over the network":            {local: "10.0.0.5", path: "/debug/pprof/heap", host: "10.0.0.5:9090", want: 403},
		"the index, over the network":            {local: "10.0.0.5", path: "/", host: "10.0.0.5:9090", want: 403},
		"the network, under loopback's name":     {local: "10.0.0.5", path: "/config", host: "localhost:9090", want: 403},
		"an address that is unknown":             {local: "", path: "/config", host: "localhost", want: 403},
		"another site's page that asks for data": {local: "127.0.0.1", host: "127.0.0.1:9090", site: "cross-site", mode: "no-cors", want: 403},
		"the same over the network":              {local: "10.0.0.5", path: "/metrics", host: "10.0.0.5:9090", site: "cross-site", mode: "cors", want: 403},
		"a link from another site":               {local: "127.0.0.1", host: "127.0.0.1:9090", site: "cross-site", mode: "navigate", want: 200},
		"a page of this origin":                  {local: "127.0.0.1", host: "127.0.0.1:9090", site: "same-origin", mode: "cors", want: 200},
		"somebody who typed the address":         {local: "127.0.0.1", host: "127.0.0.1:9090", site: "none", mode: "navigate", want: 200},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, cmp.Or(tc.path, "/config"), nil)
			r.Host = tc.host
			r.Header.Set("Sec-Fetch-Site", tc.site)
			r.Header.Set("Sec-Fetch-Mode", tc.mode)
			if got := ask(t, Handler(sources()), over(r, tc.local)); got.StatusCode != tc.want {
				t.Errorf("status %d, want %d", got.StatusCode, tc.want)
			}
		})
	}
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	for _, target := range []string{"/", "/config", "/metrics", "/debug/pprof/", "/nothing", "/sessions?limit=x"} {
		got := get(t, Handler(sources()), target)
		for name, want := range headers {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got.Header.Get(name), want)
			}
		}
	}
}
