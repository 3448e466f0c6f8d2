package listener

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/internal/certtest"
)

// certificate is a self-signed one in the form of the configuration.
func certificate(t *testing.T, name string, hosts ...string) *config.Certificate {
	t.Helper()
	chain, key := certtest.New(t, hosts...)
	return &config.Certificate{Name: name, Chain: chain, Key: key}
}

// blind is a client that takes any certificate, to look at what it was shown.
func blind(serverName string) *tls.Config {
	return &tls.Config{ServerName: serverName, InsecureSkipVerify: true}
}

// shown is the first name of the certificate that the server showed.
func shown(conn *tls.Conn) string {
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestSNIChoosesTheCertificate(t *testing.T) {
	f := start(t)
	f.update(
		secure("ns/gw/any", "", certificate(t, "ns/1", "first.example"), certificate(t, "ns/2", "a.example", "b.example"),
			certificate(t, "ns/3", "*.wild.example"), certificate(t, "ns/4", "exact.wild.example")),
		secure("ns/gw/own", "own.example", certificate(t, "ns/5", "own-first.example"), certificate(t, "ns/6", "own.example")),
		secure("ns/gw/other", "other.example", certificate(t, "ns/7", "other-first.example")),
		secure("ns/gw/suffix", "*.suffix.example", certificate(t, "ns/8", "suffix-first.example")),
		secure("ns/gw/longer", "*.longer.suffix.example", certificate(t, "ns/9", "longer-first.example", "elsewhere.example")),
		secure("ns/gw/again", "own.example", certificate(t, "ns/10", "own.example", "again.example")),
	)
	for name, tc := range map[string]struct{ serverName, want string }{
		"no name: the first":                                {"", "first.example"},
		"a name that nobody has: the first":                 {"unknown.test", "first.example"},
		"a name":                                            {"a.example", "a.example"},
		"another name of the same certificate":              {"b.example", "a.example"},
		"a name in another case":                            {"B.Example", "a.example"},
		"a wildcard":                                        {"x.wild.example", "*.wild.example"},
		"a wildcard is one label":                           {"x.y.wild.example", "first.example"},
		"a wildcard is at least one label":                  {"wild.example", "first.example"},
		"an exact name before a wildcard":                   {"exact.wild.example", "exact.wild.example"},
		"the listener's own before others":                  {"own.example", "own.example"},
		"the first of a listener's own":                     {"other.example", "other-first.example"},
		"a listener for a suffix":                           {"x.y.suffix.example", "suffix-first.example"},
		"a listener for a longer suffix":                    {"x.longer.suffix.example", "longer-first.example"},
		"a certificate that only another listener has":      {"elsewhere.example", "longer-first.example"},
		"the second listener of a hostname has its say too": {"again.example", "own.example"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := f.dialTLS("ns/gw/any", blind(tc.serverName))
			if err != nil {
				t.Fatal(err)
			}
			<-f.at
			if got := shown(conn); got != tc.want {
				t.Errorf("the certificate is %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTheClientVerifiesWhatItIsShown(t *testing.T) {
	f := start(t)
	ca := certtest.NewCA(t)
	chain, key := ca.Issue(t, "a.example")
	f.update(secure("ns/gw/a", "", &config.Certificate{Name: "ns/a", Chain: chain, Key: key}))
	conn, err := f.dialTLS("ns/gw/a", &tls.Config{ServerName: "a.example", RootCAs: pool(t, ca.PEM())})
	if err != nil {
		t.Fatal(err)
	}
	if v := conn.ConnectionState().Version; v != tls.VersionTLS13 {
		t.Errorf("the version is %#x", v)
	}
}

func TestVersionsAndProtocols(t *testing.T) {
	f := start(t)
	f.update(secure("ns/gw/a", "", certificate(t, "ns/a", "a.example")))
	for name, tc := range map[string]struct {
		max  uint16
		alpn []string
		want string // protocol
		ok   bool
	}{
		"TLS 1.3 is spoken":               {max: tls.VersionTLS13, ok: true},
		"TLS 1.2 is spoken":               {max: tls.VersionTLS12, ok: true},
		"TLS 1.1 is not":                  {max: tls.VersionTLS11},
		"HTTP/1.1 of several protocols":   {max: tls.VersionTLS13, alpn: []string{"h2", "http/1.1"}, want: "http/1.1", ok: true},
		"HTTP/2 alone cannot be upgraded": {max: tls.VersionTLS13, alpn: []string{"h2"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := blind("a.example")
			c.MinVersion, c.MaxVersion, c.NextProtos = tls.VersionTLS10, tc.max, tc.alpn
			conn, err := f.dialTLS("ns/gw/a", c)
			if (err == nil) != tc.ok {
				t.Fatalf("the error is %v", err)
			}
			if got := conn.ConnectionState().NegotiatedProtocol; tc.ok && got != tc.want {
				t.Errorf("the protocol is %q", got)
			}
		})
	}
}

// validating is a port with a listener for each way to validate clients.
func validating(t *testing.T, ours, theirs *certtest.CA) []*config.Listener {
	server := certificate(t, "ns/server", "*.example")
	with := func(name, hostname string, v *config.ClientValidation) *config.Listener {
		l := secure(name, hostname, server)
		l.Tls.ClientValidation = v
		return l
	}
	return []*config.Listener{
		with("ns/gw/open", "", nil),
		with("ns/gw/required", "required.example", &config.ClientValidation{Authorities: ours.PEM()}),
		with("ns/gw/optional", "optional.example", &config.ClientValidation{Authorities: ours.PEM(), Optional: true}),
		with("ns/gw/theirs", "theirs.example", &config.ClientValidation{Authorities: theirs.PEM()}),
		with("ns/gw/same", "same.example", &config.ClientValidation{Authorities: ours.PEM()}),
	}
}

func TestClientValidation(t *testing.T) {
	ours, theirs := certtest.NewCA(t), certtest.NewCA(t)
	f := start(t)
	f.update(validating(t, ours, theirs)...)
	none := tls.Certificate{}
	good, bad := pair(t, ours), pair(t, theirs)
	for name, tc := range map[string]struct {
		serverName  string
		certificate tls.Certificate
		ok          bool
	}{
		"none is asked for":                          {"open.example", good, true},
		"one is required and given":                  {"required.example", good, true},
		"one is required and none is given":          {"required.example", none, false},
		"one is required, another authority's given": {"required.example", bad, false},
		"one may be given":                           {"optional.example", good, true},
		"one may be given, none is":                  {"optional.example", none, true},
		"one may be given, another authority's is":   {"optional.example", bad, true},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(name+", "+tls.VersionName(version), func(t *testing.T) {
				c := blind(tc.serverName)
				c.MaxVersion = version
				asked := false
				c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
					asked = true
					return &tc.certificate, nil
				}
				_, err := f.dialTLS("ns/gw/open", c)
				<-f.at
				if (err == nil) != tc.ok {
					t.Errorf("the error is %v", err)
				}
				if wantAsked := tc.serverName != "open.example"; asked != wantAsked {
					t.Errorf("asked for a certificate: %v", asked)
				}
			})
		}
	}
}

func TestAdmits(t *testing.T) {
	c, err := compile(validating(t, certtest.NewCA(t), certtest.NewCA(t)), nil, newTickets())
	if err != nil {
		t.Fatal(err)
	}
	for serverName, want := range map[string][]string{
		"":                 {"ns/gw/open"},
		"unknown.test":     {"ns/gw/open"},
		"required.example": {"ns/gw/required", "ns/gw/same"},
		"SAME.example":     {"ns/gw/required", "ns/gw/same"},
		"optional.example": {"ns/gw/optional"},
		"theirs.example":   {"ns/gw/theirs"},
	} {
		if diff := cmp.Diff(want, c.ports[0].Admits(serverName)); diff != "" {
			t.Errorf("%q: -want +got:\n%s", serverName, diff)
		}
	}
}

func TestANewCertificateIsForNewConnections(t *testing.T) {
	f := start(t)
	f.update(secure("ns/gw/a", "", certificate(t, "ns/a", "before.example")))
	addr := f.Addrs()["ns/gw/a"]
	early, err := f.dialTLS("ns/gw/a", blind("a.example"))
	if err != nil {
		t.Fatal(err)
	}

	f.update(secure("ns/gw/a", "", certificate(t, "ns/a", "after.example")))
	late, err := f.dialTLS("ns/gw/a", blind("a.example"))
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, early, "the connection from before")
	if shown(early) != "before.example" || shown(late) != "after.example" {
		t.Errorf("the certificates were %q and %q", shown(early), shown(late))
	}
	if now := f.Addrs()["ns/gw/a"]; now != addr {
		t.Errorf("the address went from %v to %v", addr, now)
	}
}

func TestAConnectionBeforeItsHandshakeKeepsItsView(t *testing.T) {
	f := start(t)
	f.update(secure("ns/gw/a", "", certificate(t, "ns/a", "before.example")))
	conn := f.dial("ns/gw/a")
	<-f.at // accepted
	f.update(secure("ns/gw/a", "", certificate(t, "ns/a", "after.example")))
	secured := tls.Client(conn, blind("a.example"))
	wantEcho(t, secured, "a handshake after the update")
	if shown(secured) != "before.example" {
		t.Errorf("the certificate is %q", shown(secured))
	}
}

func pool(t *testing.T, pem []byte) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate")
	}
	return p
}

// pair is a client's certificate, signed by ca.
func pair(t *testing.T, ca *certtest.CA) tls.Certificate {
	t.Helper()
	c, err := tls.X509KeyPair(ca.Issue(t, "client.example"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
