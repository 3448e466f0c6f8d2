package api

import (
	"fmt"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// names are values with which a rule of the CRD and one of gateway/config must
// agree: an object that the API server has taken is not refused later.
var names = []struct {
	kind, sound, field string
	check              func(string) error
	values             []string
}{
	{v1alpha1.KindWebSocketRoute, soundRoute, "hostnames: [%q]", config.CheckHostname, []string{
		"a", "a.b", "*.a.b", "*", "*.", "*.*.a", "a.*", "A", "a-b", "-a", "a-", "a..b", ".a", "a.", "1.2.3", "1.2.3.4", "::1", "a:80", "a b", "ä", "xn--a",
	}},
	{v1alpha1.KindWebSocketRoute, soundRoute, "path: {value: %q}", config.CheckPath, []string{
		"", "/", "/a", "//", "/a/../b", "/a%2fb", "a", "*", "/*", "/ä", "/a?", "/a#", "/a b", "/\t", "/\n", "/\u007f", "/\u0080", "/\u0001",
	}},
	{v1alpha1.KindWebSocketRoute, soundRoute, "subprotocols: [{name: %q, backendRefs: [{name: a, port: 1}]}]", config.CheckToken, []string{
		"", "a", "A.1", "!#$%&'*+-.^_`|~", "a b", "a,b", "a;b", "a\"b", "a/b", "a:b", "a=b", "a@b", "a\\b", "(a)", "[a]", "{a}", "<a>", "a?", "ä", "a\n",
	}},
	{v1alpha1.KindWebSocketPolicy, soundPolicy, "origins: [%q]", config.CheckOrigin, []string{
		"", "*", "**", "null", "a", "a://", "a://b", "A://b", "1a://b", "a+-.1://b", "://b", "a:b", "http://b/", "http://b:", "http://b:0", "http://b:1", "http://b:01",
		"http://b:80", "http://b:443", "https://b:443", "https://b:80", "ws://b:80", "wss://b:443", "ftp://b:80", "http://b:65535", "http://b:65536", "http://b:99999",
		"http://b:100000", "http://B", "http://b.c", "http://b..c", "http://.b", "http://-b", "http://b_c", "http://_b", "http://*.b", "http://u@b", "http://1.2.3.4:81",
		"http://[::1]", "http://[::1]:81", "http://[::1]:80", "http://[::0]", "http://[::]", "http://[1.2.3.4]", "http://[a:b]", "http://[::1", "http://::1", "http://[::1%25a]",
		"http://[fe80::1%a]", "http://[::A]", "http://[0:0:0:0:0:0:0:1]", "http://[2001:db8::1]",
	}},
}

func TestAPIServerAndGatewayAgreeOnNames(t *testing.T) {
	namespace := server.Namespace(t)
	for _, tc := range names {
		for _, value := range tc.values {
			spec := fmt.Sprintf(tc.field, value)
			object := newObject(t, namespace, tc.kind, tc.sound, spec)
			refused := server.Client.Create(t.Context(), object, client.DryRunAll)
			if err := tc.check(value); (err == nil) != (refused == nil) {
				t.Errorf("%s: the API server says %v, gateway/config %v", spec, refused, err)
			}
		}
	}
}
