package listener

import (
	"crypto/tls"
	"testing"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/internal/certtest"
)

// oneTicket is a client's cache that offers its newest ticket to any server.
type oneTicket struct{ tls.ClientSessionCache }

func (c oneTicket) Get(string) (*tls.ClientSessionState, bool) {
	return c.ClientSessionCache.Get("")
}

func (c oneTicket) Put(_ string, s *tls.ClientSessionState) {
	c.ClientSessionCache.Put("", s)
}

func TestSessionsResume(t *testing.T) {
	shared := certificate(t, "ns/a", "a.example", "b.example")
	before := []*config.Listener{secure("ns/gw/a", "", shared)}
	for name, tc := range map[string]struct {
		after      []*config.Listener
		serverName string
		want       bool
	}{
		"over an update that concerns others": {
			after: append(before[:1:1], secure("ns/gw/b", "b.example", certificate(t, "ns/b", "b.example"))), serverName: "a.example", want: true},
		"over an update to a new certificate": {
			after: []*config.Listener{secure("ns/gw/a", "", certificate(t, "ns/a", "a.example"))}, serverName: "a.example", want: true},
		"but not for another server name (RFC 6066 3)": {
			after: before, serverName: "b.example", want: false},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(name+", "+tls.VersionName(version), func(t *testing.T) {
				f := start(t)
				f.update(before...)
				c := blind("a.example")
				c.MaxVersion = version
				c.ClientSessionCache = oneTicket{tls.NewLRUClientSessionCache(1)}
				if conn, err := f.dialTLS("ns/gw/a", c); err != nil || conn.ConnectionState().DidResume {
					t.Fatalf("the first connection resumed, or error %v", err)
				}
				f.update(tc.after...)
				c.ServerName = tc.serverName
				conn, err := f.dialTLS("ns/gw/a", c)
				if err != nil {
					t.Fatal(err)
				}
				if got := conn.ConnectionState().DidResume; got != tc.want {
					t.Errorf("resumed: %v", got)
				}
			})
		}
	}
}

func TestATicketIsNoClientCertificate(t *testing.T) {
	f := start(t)
	f.update(secure("ns/gw/a", "", certificate(t, "ns/a", "a.example")))
	c := blind("a.example")
	c.ClientSessionCache = oneTicket{tls.NewLRUClientSessionCache(1)}
	if _, err := f.dialTLS("ns/gw/a", c); err != nil {
		t.Fatal(err)
	}
	validating := secure("ns/gw/a", "", certificate(t, "ns/a", "a.example"))
	validating.Tls.ClientValidation = &config.ClientValidation{Authorities: certtest.NewCA(t).PEM()}
	f.update(validating)
	if conn, err := f.dialTLS("ns/gw/a", c); err == nil {
		t.Errorf("a client without a certificate was let in; resumed: %v", conn.ConnectionState().DidResume)
	}
}
