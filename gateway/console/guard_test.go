package console

import (
	"net/http"
	"testing"
)

func TestOnlyTheOwnHostSeesRoutesAndSessions(t *testing.T) {
	h := Handler(empty())
	for name, tc := range map[string]struct {
		client, host string
		want         int
	}{
		"loopback, by address":              {"127.0.0.1:50000", "127.0.0.1:8080", 200},
		"loopback, by another address":      {"127.0.0.5:50000", "127.0.0.5:8080", 200},
		"loopback, by name":                 {"127.0.0.1:50000", "localhost:8080", 200},
		"loopback, by name in capitals":     {"127.0.0.1:50000", "LocalHost", 200},
		"loopback, by a name under it":      {"127.0.0.1:50000", "edge.localhost:8080", 200},
		"loopback, IPv6":                    {"[::1]:50000", "[::1]:8080", 200},
		"loopback, IPv6 without port":       {"[::1]:50000", "[::1]", 200},
		"loopback, IPv4 in IPv6":            {"[::ffff:127.0.0.1]:50000", "127.0.0.1:8080", 200},
		"the host's other address":          {"127.0.0.1:50000", "192.0.2.7:8080", 200},
		"a name that was bound to loopback": {"127.0.0.1:50000", "evil.example:8080", 403},
		"a name that ends like it":          {"127.0.0.1:50000", "notlocalhost:8080", 403},
		"a name that begins like it":        {"127.0.0.1:50000", "localhost.evil.example", 403},
		"a name that begins like an IP":     {"127.0.0.1:50000", "127.0.0.1.evil.example:8080", 403},
		"no name at all":                    {"127.0.0.1:50000", "", 403},
		"another host":                      {"192.0.2.1:50000", "127.0.0.1:8080", 403},
		"another host, IPv6":                {"[2001:db8::1]:50000", "localhost:8080", 403},
		"a client without address":          {"", "127.0.0.1:8080", 403},
		"a client at a Unix socket":         {"@", "127.0.0.1:8080", 403},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/console/api/routes", "/console/api/sessions"} {
				if r := get(t, h, path, from(tc.client), host(tc.host)); r.StatusCode != tc.want {
					t.Errorf("%s: status %d, want %d", path, r.StatusCode, tc.want)
				}
			}
			if r := get(t, h, "/", from(tc.client), host(tc.host)); r.StatusCode != 200 {
				t.Errorf("the page: status %d, want 200", r.StatusCode)
			}
		})
	}
}

func TestAllowDecidesInstead(t *testing.T) {
	s := empty()
	s.Allow = func(r *http.Request) bool { return r.Header.Get("Team") == "edge" }
	h := Handler(s)
	friend := func(r *http.Request) { r.Header.Set("Team", "edge") }
	if r := get(t, h, "/console/api/sessions", from("192.0.2.1:9"), host("a.example"), friend); r.StatusCode != 200 {
		t.Errorf("a friend from afar: status %d, want 200", r.StatusCode)
	}
	if r := get(t, h, "/console/api/sessions"); r.StatusCode != 403 {
		t.Errorf("a local stranger: status %d, want 403", r.StatusCode)
	}
}
