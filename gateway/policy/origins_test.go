package policy

import (
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
)

func origins(t testing.TB, listed ...string) *Origins {
	t.Helper()
	p, err := Compile(&config.Policy{AllowedOrigins: listed})
	if err != nil {
		t.Fatal(err)
	}
	return &p.Origins
}

func TestAllow(t *testing.T) {
	for name, tc := range map[string]struct {
		listed    []string
		origin    string
		scheme    string
		authority string
		want      bool
	}{
		"a client that is no browser sends no origin":           {origin: "", want: true},
		"the request's own origin":                              {origin: "https://example.com", want: true},
		"the request's own origin over plain TCP":               {origin: "http://example.com", scheme: "ws", want: true},
		"the request's own origin with the scheme of the page":  {origin: "http://example.com", scheme: "http", want: true},
		"the request's own origin in other case":                {origin: "HTTPS://Example.COM", want: true},
		"the request's own origin to a host in other case":      {origin: "https://example.com", authority: "EXAMPLE.com", want: true},
		"a default port that only the origin names":             {origin: "https://example.com:443", want: true},
		"a default port that only the request names":            {origin: "https://example.com", authority: "example.com:443", want: true},
		"a default port of plain HTTP that only one names":      {origin: "http://example.com", scheme: "ws", authority: "example.com:80", want: true},
		"another port of the same host":                         {origin: "https://example.com:8443", want: false},
		"the same other port on both sides":                     {origin: "https://example.com:8443", authority: "example.com:8443", want: true},
		"the default port of the other scheme":                  {origin: "https://example.com:80", want: false},
		"a plain page to an encrypted socket":                   {origin: "http://example.com", want: false},
		"a plain page at 443 to an encrypted socket":            {origin: "http://example.com:443", want: false},
		"an encrypted page to a plain socket":                   {origin: "https://example.com", scheme: "ws", want: false},
		"another host":                                          {origin: "https://evil.com", want: false},
		"our name as a prefix":                                  {origin: "https://example.com.evil", want: false},
		"our name as a suffix":                                  {origin: "https://evilexample.com", want: false},
		"a subdomain":                                           {origin: "https://a.example.com", want: false},
		"the parent domain":                                     {origin: "https://example.com", authority: "a.example.com", want: false},
		"a trailing dot is another origin":                      {origin: "https://example.com.", want: false},
		"our name in a fragment":                                {origin: "https://evil.com#example.com", want: false},
		"our name before a fragment":                            {origin: "https://example.com#evil.com", want: false},
		"our name in a path":                                    {origin: "https://evil.com/example.com", want: false},
		"a trailing slash":                                      {origin: "https://example.com/", want: false},
		"a query":                                               {origin: "https://example.com?x", want: false},
		"user information":                                      {origin: "https://example.com@evil.com", want: false},
		"user information before our name":                      {origin: "https://evil.com@example.com", want: false},
		"a password that looks like our port":                   {origin: "https://example.com:443@evil.com", want: false},
		"a backslash":                                           {origin: `https://example.com\.evil.com`, want: false},
		"a space at the end":                                    {origin: "https://example.com ", want: false},
		"two origins":                                           {origin: "https://example.com https://evil.com", want: false},
		"a tab inside":                                          {origin: "https://example.com\t.evil.com", want: false},
		"a NUL":                                                 {origin: "https://example.com\x00.evil.com", want: false},
		"a percent-encoded dot":                                 {origin: "https://example%2ecom", want: false},
		"no scheme":                                             {origin: "example.com", want: false},
		"an empty scheme":                                       {origin: "://example.com", want: false},
		"a scheme without slashes":                              {origin: "https:example.com", want: false},
		"no host":                                               {origin: "https://", want: false},
		"only a port":                                           {origin: "https://:443", want: false},
		"an empty port":                                         {origin: "https://example.com:", want: false},
		"a port with a leading zero":                            {origin: "https://example.com:0443", want: false},
		"a port with a sign":                                    {origin: "https://example.com:+443", want: false},
		"port zero":                                             {origin: "https://example.com:0", want: false},
		"a port that wraps around to 443":                       {origin: "https://example.com:65979", want: false},
		"two ports":                                             {origin: "https://example.com:443:443", want: false},
		"a name in Unicode is not serialised":                   {origin: "https://exämple.com", authority: "exämple.com", want: false},
		"a Unicode letter that lower-cases to ASCII":            {listed: []string{"https://k.com"}, origin: "https://\u212a.com", want: false},
		"a name in punycode":                                    {origin: "https://xn--exmple-cua.com", authority: "xn--exmple-cua.com", want: true},
		"an IPv4 address":                                       {origin: "http://127.0.0.1:8080", scheme: "ws", authority: "127.0.0.1:8080", want: true},
		"an IPv6 address":                                       {origin: "http://[::1]:8080", scheme: "ws", authority: "[::1]:8080", want: true},
		"an IPv6 address written in two ways":                   {origin: "http://[::A]", scheme: "ws", authority: "[0:0::a]:80", want: true},
		"another IPv6 address":                                  {origin: "http://[::2]", scheme: "ws", authority: "[::1]", want: false},
		"an IPv6 address without brackets":                      {origin: "http://::1", scheme: "ws", authority: "::1", want: false},
		"an IPv6 address with a zone":                           {origin: "http://[fe80::1%eth0]", scheme: "ws", authority: "[fe80::1%eth0]", want: false},
		"an IPv4 address in brackets":                           {origin: "http://[127.0.0.1]", scheme: "ws", authority: "[127.0.0.1]", want: false},
		"text behind the brackets":                              {origin: "http://[::1]evil.com", scheme: "ws", authority: "[::1]", want: false},
		"an open bracket":                                       {origin: "http://[::1", scheme: "ws", authority: "[::1", want: false},
		"a request to a malformed authority has no own origin":  {origin: "https://example.com", authority: "example.com:x", want: false},
		"a request over an unknown scheme has no own origin":    {origin: "https://example.com", scheme: "ftp", want: false},
		"null is nobody's own":                                  {origin: "null", authority: "null", want: false},
		"null where it is listed":                               {listed: []string{"null"}, origin: "null", want: true},
		"null where all are let in":                             {listed: []string{"*"}, origin: "null", want: true},
		"null in other case is malformed":                       {listed: []string{"null"}, origin: "NULL", want: false},
		"a listed null lets no other in":                        {listed: []string{"null"}, origin: "https://evil.com", want: false},
		"any where all are let in":                              {listed: []string{"*"}, origin: "https://evil.com", want: true},
		"a malformed one is refused even where all are let in":  {listed: []string{"*"}, origin: "https://a b", want: false},
		"a listed origin":                                       {listed: []string{"https://app.test"}, origin: "https://app.test", want: true},
		"a listed origin beside others":                         {listed: []string{"https://a.test", "https://b.test"}, origin: "https://b.test", want: true},
		"a listed origin with its default port":                 {listed: []string{"https://app.test:443"}, origin: "https://app.test", want: true},
		"a listed origin in other case":                         {listed: []string{"https://app.test"}, origin: "https://APP.test", want: true},
		"another port of a listed host":                         {listed: []string{"https://app.test"}, origin: "https://app.test:8443", want: false},
		"another scheme of a listed host":                       {listed: []string{"https://app.test"}, origin: "http://app.test", want: false},
		"a listed host as a prefix":                             {listed: []string{"https://app.test"}, origin: "https://app.test.evil.com", want: false},
		"a subdomain of a listed host":                          {listed: []string{"https://app.test"}, origin: "https://x.app.test", want: false},
		"the own origin beside a list":                          {listed: []string{"https://app.test"}, origin: "https://example.com", want: true},
		"a listed origin of an application":                     {listed: []string{"capacitor://localhost"}, origin: "capacitor://localhost", want: true},
		"a listed origin of an application with a port":         {listed: []string{"capacitor://localhost"}, origin: "capacitor://localhost:80", want: false},
		"a listed origin of pages in files":                     {listed: []string{"file://"}, origin: "file://", want: true},
		"pages in files are not the own origin":                 {origin: "file://", want: false},
		"a WebSocket scheme is no page's":                       {origin: "wss://example.com", want: false},
		"a star from the client is malformed, not a wildcard":   {listed: []string{"https://app.test"}, origin: "*", want: false},
		"a wildcard host from the client is malformed":          {listed: []string{"*"}, origin: "https://*", want: false},
		"a very long origin":                                    {origin: "https://" + strings.Repeat("a.", 8<<10), want: false},
		"a very long port":                                      {origin: "https://example.com:" + strings.Repeat("4", 8<<10), want: false},
		"a scheme that begins with a digit":                     {listed: []string{"*"}, origin: "1http://example.com", want: false},
		"a scheme with digits, a plus, a minus and a dot in it": {listed: []string{"a1+-.://x"}, origin: "a1+-.://x", want: true},
		"a listed origin does not stand for its WebSocket twin": {listed: []string{"wss://app.test"}, origin: "https://app.test", want: false},
		"the own origin of a page on a port that a proxy hid":   {origin: "https://example.com:8443", authority: "example.com", want: false},
		"an underscore in a name, as browsers let through":      {origin: "https://my_app.test", authority: "my_app.test", want: true},
	} {
		t.Run(name, func(t *testing.T) {
			scheme, authority := tc.scheme, tc.authority
			if scheme == "" {
				scheme = "wss"
			}
			if authority == "" {
				authority = "example.com"
			}
			if got := origins(t, tc.listed...).Allow(tc.origin, scheme, authority); got != tc.want {
				t.Errorf("Allow(%q, %q, %q) = %v with %q listed", tc.origin, scheme, authority, got, tc.listed)
			}
		})
	}
}

func TestAllowDoesNotAllocate(t *testing.T) {
	o := origins(t, "https://a.test", "https://b.test:8443")
	for name, origin := range map[string]string{
		"the own origin":     "https://example.com",
		"a listed origin":    "https://b.test:8443",
		"an unlisted origin": "https://evil.com",
		"no origin":          "",
		"a malformed origin": "https://evil.com/",
	} {
		t.Run(name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, func() { o.Allow(origin, "wss", "example.com:443") }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// FuzzAllow holds Allow against what an origin is: one that is let in because
// it is the request's own must spell the request's host and nothing else.
func FuzzAllow(f *testing.F) {
	for _, s := range []string{
		"", "null", "https://example.com", "https://example.com:443", "https://example.com.evil", "https://EXAMPLE.com",
		"https://[::1]:8443", "https://a@example.com", "https://example.com#", "file://", "https://example.com:65536", "http://xn--a",
	} {
		f.Add(s, "example.com")
		f.Add(s, "[::1]:8443")
	}
	closed, open := origins(f), origins(f, "*")
	f.Fuzz(func(t *testing.T, origin, authority string) {
		own := closed.Allow(origin, "wss", authority)
		if own && !open.Allow(origin, "wss", authority) {
			t.Fatalf("%q is let in to %q by an empty list, not by *", origin, authority)
		}
		if !own || origin == "" || strings.HasPrefix(authority, "[") {
			return
		}
		bare := func(s string) string { return strings.TrimSuffix(strings.ToLower(s), ":443") }
		if got, want := bare(origin), "https://"+bare(authority); got != want {
			t.Fatalf("%q is let in to %q", origin, authority)
		}
	})
}
