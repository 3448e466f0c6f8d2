package authority

import (
	"crypto/x509"
	"net"
	"net/url"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

// gatewayLeaf is a certificate of Gateway infra/edge before it is issued.
func gatewayLeaf() *x509.Certificate {
	return &x509.Certificate{
		URIs:        []*url.URL{{Scheme: "spiffe", Host: "switchyard.dev", Path: "/ns/infra/gateway/edge"}},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}

func TestAnIdentityIsReadStrictly(t *testing.T) {
	for name, uri := range map[string]string{
		"another scheme":          "https://switchyard.dev/ns/infra/gateway/edge",
		"another trust domain":    "spiffe://example.com/ns/infra/gateway/edge",
		"a user":                  "spiffe://a@switchyard.dev/ns/infra/gateway/edge",
		"a port":                  "spiffe://switchyard.dev:1/ns/infra/gateway/edge",
		"another kind":            "spiffe://switchyard.dev/ns/infra/sa/edge",
		"no namespace":            "spiffe://switchyard.dev/ns//gateway/edge",
		"no name":                 "spiffe://switchyard.dev/ns/infra/gateway/",
		"more elements":           "spiffe://switchyard.dev/ns/infra/gateway/edge/x",
		"a slash at the end":      "spiffe://switchyard.dev/ns/infra/gateway/edge/",
		"an escape":               "spiffe://switchyard.dev/ns/infra/gateway/%65dge",
		"an escaped slash":        "spiffe://switchyard.dev/ns/infra%2Fgateway/edge",
		"a query":                 "spiffe://switchyard.dev/ns/infra/gateway/edge?x",
		"an empty query":          "spiffe://switchyard.dev/ns/infra/gateway/edge?",
		"a fragment":              "spiffe://switchyard.dev/ns/infra/gateway/edge#x",
		"upper case":              "spiffe://switchyard.dev/ns/infra/gateway/Edge",
		"a namespace with a dot":  "spiffe://switchyard.dev/ns/in.fra/gateway/edge",
		"a name that is too long": "spiffe://switchyard.dev/ns/infra/gateway/" + strings.Repeat("a", 254),
	} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(uri)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Identity(&x509.Certificate{URIs: []*url.URL{u}}); err == nil {
				t.Errorf("taken for Gateway %s", got)
			}
		})
	}
	u := gatewayLeaf().URIs[0]
	for name, c := range map[string]*x509.Certificate{
		"no URI":           {},
		"two URIs":         {URIs: []*url.URL{u, u}},
		"a host name too":  {URIs: []*url.URL{u}, DNSNames: []string{"a.example"}},
		"an address too":   {URIs: []*url.URL{u}, IPAddresses: []net.IP{{192, 0, 2, 1}}},
		"a mail address":   {URIs: []*url.URL{u}, EmailAddresses: []string{"a@b.example"}},
		"only a host name": {DNSNames: []string{"a.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Identity(c); err == nil {
				t.Errorf("taken for Gateway %s", got)
			}
		})
	}
	if got, err := Identity(gatewayLeaf()); err != nil || got != edge {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzIdentity(f *testing.F) {
	f.Add("spiffe://switchyard.dev/ns/infra/gateway/edge")
	f.Add("spiffe://switchyard.dev/ns/a/gateway/b/gateway/c")
	f.Add("spiffe:switchyard.dev/ns/a/gateway/b")
	f.Add("spiffe://switchyard.dev/ns/%61/gateway/b?#")
	f.Fuzz(func(t *testing.T, uri string) {
		u, err := url.Parse(uri)
		if err != nil {
			return
		}
		gateway, err := Identity(&x509.Certificate{URIs: []*url.URL{u}})
		if err != nil {
			if gateway != (types.NamespacedName{}) {
				t.Errorf("%q is refused and yet %s", uri, gateway)
			}
			return
		}
		again, err := identityOf(gateway)
		if err != nil || again.String() != u.String() {
			t.Errorf("%q is Gateway %s, whose URI is %v, %v", uri, gateway, again, err)
		}
	})
}
