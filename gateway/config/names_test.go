package config

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("a", 64)
	tests := map[string]struct {
		check     func(string) error
		good, bad []string
	}{
		"hostnames": {CheckHostname,
			[]string{"a", "ws.example.com", "*.example.com", "xn--bcher-kva.example", "1.example", "my_svc"},
			[]string{"", "*", "*.", "*.*.a", "a.*", "A.example", "-a", "a-", "a..b", ".a", "a.", "a:80", "127.0.0.1", "::1", "a b", long + ".a", strings.Repeat("a.", 127) + "a"}},
		"tokens": {CheckToken,
			[]string{"mqtt", "v12.stomp", "!#$%&'*+-.^_`|~", "MQTT"},
			[]string{"", "a b", "a,b", "a/b", `"a"`, "é", "a\x00", "a=b", "(a)"}},
		"origins": {CheckOrigin,
			[]string{"*", "https://app.example.com", "http://localhost:3000", "http://[::1]:8080", "http://127.0.0.1", "chrome-extension://abc", "https://a:80"},
			[]string{"", "null", "https://", "https://a/", "https://A", "HTTPS://a", "a.example", "https://a:443", "http://a:80", "https://a:0", "https://a:080", "https://a:65536",
				"https://a:", "https://*.a", "https://u@a", "https://[::1", "https://[0:0::1]", "https://[1.2.3.4]", "https://[fe80::1%25a]", "://a", "1a://b"}},
		"paths": {CheckPath,
			[]string{"/", "/a", "/a/", "/a%20b", "/é"},
			[]string{"", "a", "/a?b", "/a#b", "/a b", "/a\n", "/\x7f"}},
		"addresses": {CheckAddress,
			[]string{"10.0.0.1", "fd00::1", "localhost", "broker.example.com", "broker.example.com.", "Broker"},
			[]string{"", "a b", "a:1", "*.a", ".", "-"}},
		"server names": {CheckServerName,
			[]string{"a", "mqtt.internal", "xn--bcher-kva.example"},
			[]string{"", "*", "*.a", "A", "10.0.0.1", "a b"}},
		"URIs": {CheckURI,
			[]string{"spiffe://example.com/ns/a/sa/b", "urn:a:b", "https://a"},
			[]string{"", "/a", "a", "a:", "://a", "a://b c", "a:\n", "a:é", "1a:b", "a://%zz"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, s := range tc.good {
				if err := tc.check(s); err != nil {
					t.Errorf("%q: %v", s, err)
				}
			}
			for _, s := range tc.bad {
				if tc.check(s) == nil {
					t.Errorf("%q passes", s)
				}
			}
		})
	}
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"", "*", "*.a", "https://[::1]:1", "/a", "a.b:c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, check := range []func(string) error{CheckHostname, CheckToken, CheckOrigin, CheckAddress, CheckServerName} {
			if check(s) == nil && strings.ContainsAny(s, " \t\r\n,\"\x00") {
				t.Errorf("%q passes", s)
			}
		}
		if CheckHostname(s) == nil && strings.ToLower(s) != s {
			t.Errorf("%q passes as a hostname", s)
		}
	})
}
