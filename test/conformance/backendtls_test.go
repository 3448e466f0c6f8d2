package conformance

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"

	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// A service that the gateway cannot trust gets nothing, and the client an
// honest status.
func TestServicesThatAreNotWhoTheyShouldBe(t *testing.T) {
	y, i := New(t), NewIdentity(t)
	good := y.ServeTLS(i, func(c net.Conn) { _, _ = io.Copy(c, c) })
	bad := y.ServeTLS(NewIdentity(t), func(c net.Conn) { t.Error("a service that nobody vouches for got a session") })
	plain := y.Serve(func(c *net.TCPConn) {
		_, _ = c.Write([]byte("220 ready\r\n"))
		_, _ = io.Copy(io.Discard, c)
	})
	other := proto.CloneOf(i.Trust)
	other.Hostname = "other.example.com"
	quick := &config.Policy{DialTimeout: after(brief)}
	g := y.Gateway(Options{Routes: []Route{
		{Path: "/authority", Backends: []string{bad}, TLS: i.Trust},
		{Path: "/name", Backends: []string{good}, TLS: other},
		{Path: "/plain", Backends: []string{plain}, TLS: i.Trust},
		{Path: "/silent", Backends: []string{y.Sink()}, TLS: i.Trust, Policy: quick},
		{Path: "/second", Backends: []string{bad, good}, TLS: i.Trust},
	}})
	records := 0
	over(t, func(t *testing.T, via Transport) {
		for name, tc := range map[string]struct {
			path, message string
			status        int
		}{
			"of an unknown authority is 502": {"/authority", "the TLS handshake with the service failed", http.StatusBadGateway},
			"of another name is 502":         {"/name", "the TLS handshake with the service failed", http.StatusBadGateway},
			"that speaks plain text is 502":  {"/plain", "the TLS handshake with the service failed", http.StatusBadGateway},
			"that says nothing is 504":       {"/silent", "the service did not answer in time", http.StatusGatewayTimeout},
		} {
			t.Run("a service "+name, func(t *testing.T) {
				wantRefused(t, g.Connect(t, via), Upgrade(tc.path), tc.status, nil)
				Eventually(t, "the refusal is in the access log", func() bool { return len(g.Access.Records(t)) > records })
				if got := g.Access.Records(t)[records]; got["message"] != tc.message || got["status"] != float64(tc.status) {
					t.Errorf("the access log says %v", got)
				}
				records++
			})
		}
	})
	t.Run("the second endpoint is tried where the first is not trusted", func(t *testing.T) {
		for range 20 {
			g.Open(t, Plain, "/second").Bye()
		}
	})
}

// A change of how a service is spoken to is for new sessions.
func TestTLSWithAServiceChangesUnderLiveSessions(t *testing.T) {
	y, i := New(t), NewIdentity(t)
	plain, secured := y.Script(), y.ScriptTLS(i)
	inPlain := Route{Path: scriptPath, Backends: []string{plain.Addr}}
	overTLS := Route{Path: scriptPath, Backends: []string{secured.Addr}, TLS: i.Trust}
	g := y.Gateway(Options{Routes: []Route{inPlain}})
	over(t, func(t *testing.T, via Transport) {
		type pair struct {
			c *Client
			s *Service
		}
		open := func(script *Script) pair {
			c := g.Open(t, via, scriptPath)
			s := script.Accept(t)
			// Behind the ticket that the next TLS session is resumed with.
			s.Send([]byte("welcome"))
			c.WantData(OpBinary, []byte("welcome"))
			return pair{c, s}
		}
		g.Apply(inPlain)
		pairs := []pair{open(plain)}
		g.Apply(overTLS)
		pairs = append(pairs, open(secured))
		g.Apply(overTLS)
		pairs = append(pairs, open(secured))
		if !pairs[2].s.Stream.(*tls.Conn).ConnectionState().DidResume {
			t.Error("the TLS session is not resumed after a configuration that changes nothing of it")
		}
		g.Apply(inPlain)
		pairs = append(pairs, open(plain))
		for _, p := range pairs {
			p.c.Send(Text("question"))
			p.s.Want([]byte("question"))
			p.s.Send([]byte("answer"))
			p.c.WantData(OpBinary, []byte("answer"))
			_ = p.s.Close()
			p.c.WantClose(1000, "backend_eof")
			p.c.Send(Close(1000, ""))
			p.c.WantEnd()
		}
	})
}
