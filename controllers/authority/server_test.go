package authority

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
)

func TestBothSidesAreChecked(t *testing.T) {
	set, stranger := renewed(t, &Set{}, start.Add(-30*24*time.Hour)), renewed(t, &Set{}, start)
	gateway := func(s *Set) *tls.Config { return clientTLS(t, issued(t, s, start, edge), start) }
	without := gateway(set)
	without.Certificates = nil
	older := gateway(set)
	older.MinVersion, older.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	late := clientTLS(t, issued(t, set, start.Add(-8*24*time.Hour), edge), start)
	asServer := gateway(set)
	asServer.Certificates = []tls.Certificate{serverLeaf(t, set)}
	forged := gateway(set)
	forged.Certificates = gateway(stranger).Certificates
	for name, tc := range map[string]struct {
		client *tls.Config
		want   string
	}{
		"a gateway of another installation does not trust the server": {gateway(stranger), "remote error: tls: bad certificate"},
		"a certificate of another authority":                          {forged, "certificate signed by unknown authority"},
		"no certificate":                                              {without, "client didn't provide a certificate"},
		"a certificate that ended":                                    {late, "certificate has expired"},
		"the server's certificate is no gateway's":                    {asServer, "certificate specifies an incompatible key usage"},
		"TLS 1.2": {older, "client offered only unsupported versions"},
	} {
		t.Run(name, func(t *testing.T) {
			_, atServer, atClient := shake(t, ServerTLS(of(set), at(start)), tc.client)
			if atServer == nil || !strings.Contains(atServer.Error(), tc.want) || atClient == nil {
				t.Errorf("server: %v, client: %v; want %s", atServer, atClient, tc.want)
			}
		})
	}
	state, atServer, atClient := shake(t, ServerTLS(of(set), at(start)), gateway(set))
	if atServer != nil || len(state.VerifiedChains) == 0 {
		t.Fatalf("server: %v, client: %v", atServer, atClient)
	}
	if got, err := Identity(state.VerifiedChains[0][0]); err != nil || got != edge {
		t.Errorf("connected as %s, %v", got, err)
	}
}

// serverLeaf is the certificate that a server of set shows.
func serverLeaf(t *testing.T, set *Set) tls.Certificate {
	t.Helper()
	c, err := (&serverCertificate{}).get(set, start)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAGatewaysCertificateIsNoServers(t *testing.T) {
	set := renewed(t, &Set{}, start)
	client := clientTLS(t, issued(t, set, start, edge), start)
	impostor := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: client.Certificates}
	_, _, err := shake(t, impostor, client)
	if err == nil || !strings.Contains(err.Error(), "x509") {
		t.Errorf("the gateway's client says %v", err)
	}
	_, err = client.Certificates[0].Leaf.Verify(x509.VerifyOptions{
		Roots: set.pool(), CurrentTime: start, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err == nil || !strings.Contains(err.Error(), "incompatible key usage") {
		t.Errorf("as a server it is refused with %v", err)
	}
}

func TestWithoutAnAuthorityAHandshakeSaysSo(t *testing.T) {
	client := clientTLS(t, issued(t, renewed(t, &Set{}, start), start, edge), start)
	for name, none := range map[string]*Set{"no Set": nil, "an empty Set": {}} {
		t.Run(name, func(t *testing.T) {
			_, err, _ := shake(t, ServerTLS(of(none), at(start)), client)
			if err == nil || err.Error() != "there is no certificate authority yet" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestARunningServerFollowsItsSet(t *testing.T) {
	first := renewed(t, &Set{}, start)
	half := start.Add(authorityLife / 2)
	current, now := first, start
	server := ServerTLS(func() *Set { return current }, func() time.Time { return now })
	show := func() *x509.Certificate {
		t.Helper()
		client := clientTLS(t, issued(t, current, now, edge), now)
		var seen *x509.Certificate
		client.VerifyConnection = func(state tls.ConnectionState) error {
			seen = state.PeerCertificates[0]
			return nil
		}
		if _, atServer, atClient := shake(t, server, client); atServer != nil {
			t.Fatalf("server: %v, client: %v", atServer, atClient)
		}
		return seen
	}
	shown := show()
	if shown.DNSNames[0] != config.ServerName || len(shown.URIs) > 0 {
		t.Errorf("the server is %v, %v", shown.DNSNames, shown.URIs)
	}
	for _, tc := range []struct {
		what  string
		after time.Duration
		same  bool
	}{
		{"in the first half of its life it stays", 83 * time.Hour, true},
		{"in the second half it is another", 84 * time.Hour, false},
		{"long after it is another", half.Sub(start) - time.Hour, false},
		{"a new authority alone changes nothing", half.Sub(start), true},
		{"a new signer changes it at once", half.Add(Propagation).Sub(start), false},
	} {
		now = start.Add(tc.after)
		current = renewed(t, current, now)
		next := show()
		if same := next.Equal(shown); same != tc.same {
			t.Errorf("%s: %v", tc.what, same)
		}
		shown = next
	}
}
