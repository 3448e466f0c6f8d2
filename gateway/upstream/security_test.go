package upstream

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/internal/certtest"
)

// Names of the services of these tests.
const (
	backendName = "db.example.com"
	spiffe      = "spiffe://cluster.example.com/ns/iot/sa/db"
)

// secured is a listener on loopback that echoes over TLS.
func secured(t *testing.T, c *tls.Config, chain, key []byte) uint32 {
	t.Helper()
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	c.Certificates = []tls.Certificate{cert}
	return serve(t, func(conn net.Conn) {
		over := tls.Server(conn, c)
		_, _ = io.Copy(over, over)
		_ = over.Close()
	})
}

// serve is the port of a listener on loopback; each connection is closed once
// how returns.
func serve(t *testing.T, how func(net.Conn)) uint32 {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				how(conn)
			}()
		}
	}()
	return portOf(l)
}

// over is service s at ports, spoken to over TLS.
func over(b *config.BackendTLS, ports ...uint32) *config.Service {
	s := at("127.0.0.1", ports...)
	s.Tls = b
	return s
}

func trusting(authorities []byte, names ...*config.SubjectAltName) *config.BackendTLS {
	return &config.BackendTLS{Hostname: backendName, Authorities: authorities, SubjectAltNames: names}
}

func dns(name string) *config.SubjectAltName {
	return &config.SubjectAltName{Kind: &config.SubjectAltName_Dns{Dns: name}}
}

func uri(uri string) *config.SubjectAltName {
	return &config.SubjectAltName{Kind: &config.SubjectAltName_Uri{Uri: uri}}
}

func pool(services ...*config.Service) *Pool {
	p := New(nil)
	p.Update(services)
	return p
}

func TestACertificateIsVerifiedAsTheServiceSays(t *testing.T) {
	ca := certtest.NewCA(t)
	const unknown, noName = "x509: certificate signed by unknown authority", "the certificate has none of the subject alternative names that are asked for"
	for name, tc := range map[string]struct {
		names []string
		tls   *config.BackendTLS
		want  string
	}{
		"for the hostname":                         {[]string{"other", backendName}, trusting(ca.PEM()), ""},
		"for a wildcard above the hostname":        {[]string{"*.example.com"}, trusting(ca.PEM()), ""},
		"for another name":                         {[]string{"other.example.com"}, trusting(ca.PEM()), "the certificate is not for " + backendName},
		"of one of two authorities":                {[]string{backendName}, trusting(append(certtest.NewCA(t).PEM(), ca.PEM()...)), ""},
		"of another authority":                     {[]string{backendName}, trusting(certtest.NewCA(t).PEM()), unknown},
		"of an authority the system does not know": {[]string{backendName}, trusting(nil), unknown},
		"where the authorities are no PEM":         {[]string{backendName}, trusting([]byte("x")), unknown},
		"for a DNS name of the list":               {[]string{"a.example"}, trusting(ca.PEM(), dns("b.example"), dns("A.example")), ""},
		"for a wildcard above a name of the list":  {[]string{"*.example"}, trusting(ca.PEM(), dns("a.example")), ""},
		"for a wildcard that is in the list":       {[]string{"*.example"}, trusting(ca.PEM(), dns("*.example")), ""},
		"for a name below a wildcard of the list":  {[]string{"a.example"}, trusting(ca.PEM(), dns("*.example")), noName},
		"for a URI of the list":                    {[]string{"a.example", spiffe}, trusting(ca.PEM(), dns("b.example"), uri(spiffe)), ""},
		"for a URI below one of the list":          {[]string{spiffe + "/x"}, trusting(ca.PEM(), uri(spiffe)), noName},
		"for the hostname, which the list lacks":   {[]string{backendName}, trusting(ca.PEM(), dns("a.example"), uri(spiffe)), noName},
		"for a name that the list has as a URI":    {[]string{"a.example"}, trusting(ca.PEM(), uri("a.example")), noName},
		"where the list's names are of no kind":    {[]string{backendName}, trusting(ca.PEM(), &config.SubjectAltName{}), noName},
		"for the list, of another authority":       {[]string{"a.example"}, trusting(certtest.NewCA(t).PEM(), dns("a.example")), unknown},
		"for the list, where nobody is trusted":    {[]string{"a.example"}, trusting([]byte("x"), dns("a.example")), unknown},
	} {
		t.Run(name, func(t *testing.T) {
			chain, key := ca.Issue(t, tc.names...)
			wantHandshake(t, over(tc.tls, secured(t, &tls.Config{}, chain, key)), tc.want)
		})
	}
}

func TestACertificateThatHasExpiredIsRefused(t *testing.T) {
	chain, key := certtest.Expired(t, backendName)
	port := secured(t, &tls.Config{}, chain, key)
	for name, b := range map[string]*config.BackendTLS{
		"by its hostname":                 trusting(chain),
		"by its subject alternative name": trusting(chain, dns(backendName)),
	} {
		t.Run(name, func(t *testing.T) {
			wantHandshake(t, over(b, port), "x509: certificate has expired or is not yet valid")
		})
	}
}

// wantHandshake dials the one endpoint of s, which must echo where reason is
// empty, and else fail for that reason.
func wantHandshake(t *testing.T, s *config.Service, reason string) {
	t.Helper()
	c, err := pool(s).Dial(t.Context(), to("s", 1), time.Minute)
	if reason != "" {
		if !errors.Is(err, ErrHandshake) || !strings.Contains(err.Error(), ": TLS handshake: "+reason) {
			t.Fatalf("got %v, want %s", err, reason)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Stream.(*tls.Conn); !ok {
		t.Errorf("it is a %T", c.Stream)
	}
	echo(t, c)
}

func TestWhoSpeaksNoProperTLSIsRefused(t *testing.T) {
	chain, key := certtest.New(t, backendName)
	for name, tc := range map[string]struct {
		port uint32
		want string
	}{
		"a server that greets in plain text": {serve(t, func(c net.Conn) {
			_, _ = c.Write([]byte("220 ready\r\n"))
			_, _ = io.Copy(io.Discard, c)
		}), "first record does not look like a TLS handshake"},
		"a server that closes": {serve(t, func(c net.Conn) {
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}), "the endpoint closed the connection"},
		"a server of TLS 1.1": {secured(t, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, chain, key), "protocol version"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pool(over(trusting(chain), tc.port)).Dial(t.Context(), to("s", 1), time.Minute)
			if !errors.Is(err, ErrHandshake) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestAReasonIsBounded(t *testing.T) {
	err := &handshakeError{errors.New(strings.Repeat("ü", maxReason))}
	if got := err.Error(); len(got) > maxReason+len("TLS handshake: ...") || !strings.HasSuffix(got, "ü...") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

func TestASilentServerIsNotWaitedForLongerThanTheTimeout(t *testing.T) {
	closed := make(chan error, 1)
	port := serve(t, func(c net.Conn) {
		_, err := io.Copy(io.Discard, c)
		closed <- err
	})
	_, err := pool(over(trusting(nil), port)).Dial(t.Context(), to("s", 1), 50*time.Millisecond)
	if !errors.Is(err, ErrTimeout) || errors.Is(err, ErrHandshake) || !strings.HasSuffix(err.Error(), ": TLS handshake: no answer in time") {
		t.Errorf("got %v", err)
	}
	<-closed
}

func TestAClientThatLeavesDuringTheHandshakeSaysNothingOfTheEndpoint(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	greeted := serve(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		leave()
		_, _ = io.Copy(io.Discard, c)
	})
	p := pool(over(trusting(nil), greeted))
	if _, err := p.Dial(ctx, to("s", 1), time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for _, e := range p.known {
		if e.failures != 0 || e.live.Load() != 0 {
			t.Errorf("%d failures, %d live sessions", e.failures, e.live.Load())
		}
	}
}

func TestAFailedHandshakeIsAFailedDial(t *testing.T) {
	ca := certtest.NewCA(t)
	chain, private := ca.Issue(t, backendName)
	good := secured(t, &tls.Config{}, chain, private)
	chain, private = certtest.New(t, backendName)
	bad := secured(t, &tls.Config{}, chain, private)
	p := pool(over(trusting(ca.PEM()), good, bad))
	e := p.known[key{"s", fmt.Sprintf("127.0.0.1:%d", bad)}]
	for tries := 0; !e.passedOver(p.now()); tries++ {
		if tries == 100 {
			t.Fatal("the endpoint that nobody vouches for is not passed over")
		}
		c, err := p.Dial(t.Context(), to("s", 1), time.Minute)
		if err != nil {
			t.Fatalf("the other endpoint was not tried: %v", err)
		}
		echo(t, c)
		c.Release()
	}
	if n := e.live.Load(); n != 0 {
		t.Errorf("failed handshakes count as %d live sessions", n)
	}
}

func TestTheHostnameIsSentAsSNI(t *testing.T) {
	chain, key := certtest.New(t, "a.example")
	seen := make(chan string, 1)
	port := secured(t, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		seen <- hello.ServerName
		return nil, nil
	}}, chain, key)
	wantHandshake(t, over(trusting(chain, dns("a.example")), port), "")
	if got := <-seen; got != backendName {
		t.Errorf("SNI is %q", got)
	}
}

func TestSessionsAreResumedWhileTheTLSOfTheServiceStays(t *testing.T) {
	ca := certtest.NewCA(t)
	chain, key := ca.Issue(t, backendName, spiffe)
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		for by, b := range map[string]*config.BackendTLS{
			"by hostname": trusting(ca.PEM()), "by subject alternative names": trusting(ca.PEM(), uri(spiffe)),
		} {
			t.Run(name+" "+by, func(t *testing.T) {
				// Each has ticket keys of its own, as replicas do.
				one := secured(t, &tls.Config{MaxVersion: version}, chain, key)
				two := secured(t, &tls.Config{MaxVersion: version}, chain, key)
				p := pool(over(b, one, two))
				resumed := func() (n int) {
					t.Helper()
					// With both connected, one goes to each.
					conns := []*Conn{connect(t, p), connect(t, p)}
					for _, c := range conns {
						if c.Stream.(*tls.Conn).ConnectionState().DidResume {
							n++
						}
						echo(t, c)
						c.Release()
					}
					return n
				}
				if n := resumed(); n != 0 {
					t.Errorf("%d of the first sessions are resumed", n)
				}
				p.Update([]*config.Service{over(proto.CloneOf(b), one, two)})
				if n := resumed(); n != 2 {
					t.Errorf("%d of 2 sessions are resumed", n)
				}
				// The old authority still signs, but what it vouched for is forgotten.
				changed := proto.CloneOf(b)
				changed.Authorities = bytes.Join([][]byte{ca.PEM(), certtest.NewCA(t).PEM()}, nil)
				p.Update([]*config.Service{over(changed, one, two)})
				if n := resumed(); n != 0 {
					t.Errorf("%d sessions are resumed from before a change of authorities", n)
				}
			})
		}
	}
}

func TestAnAuthorityThatIsWithdrawnIsTrustedNoMore(t *testing.T) {
	ca := certtest.NewCA(t)
	chain, key := ca.Issue(t, backendName)
	port := secured(t, &tls.Config{}, chain, key)
	p := pool(over(trusting(ca.PEM(), dns(backendName)), port))
	c := connect(t, p)
	echo(t, c)
	p.Update([]*config.Service{over(trusting(certtest.NewCA(t).PEM(), dns(backendName)), port)})
	if _, err := p.Dial(t.Context(), to("s", 1), time.Minute); !errors.Is(err, ErrHandshake) {
		t.Errorf("got %v", err)
	}
}

func TestNewSessionsFollowAChangeBetweenPlainAndTLS(t *testing.T) {
	chain, key := certtest.New(t, backendName)
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	// The first byte of a TLS record of a handshake is 22.
	both := serve(t, func(c net.Conn) {
		first := make([]byte, 1)
		if _, err := io.ReadFull(c, first); err != nil {
			return
		}
		all := replay{c, io.MultiReader(bytes.NewReader(first), c)}
		if first[0] != 22 {
			_, _ = io.Copy(c, all)
			return
		}
		over := tls.Server(all, &tls.Config{Certificates: []tls.Certificate{cert}})
		_, _ = io.Copy(over, over)
		_ = over.Close()
	})
	p := pool(at("127.0.0.1", both))
	plain := connect(t, p)
	p.Update([]*config.Service{over(trusting(chain), both)})
	encrypted := connect(t, p)
	p.Update([]*config.Service{at("127.0.0.1", both)})
	again := connect(t, p)
	for c, want := range map[*Conn]bool{plain: false, encrypted: true, again: false} {
		if _, got := c.Stream.(*tls.Conn); got != want {
			t.Errorf("it is a %T", c.Stream)
		}
		echo(t, c)
	}
}

// replay is a connection whose first bytes were read already.
type replay struct {
	net.Conn
	r io.Reader
}

func (r replay) Read(p []byte) (int, error) { return r.r.Read(p) }

func TestTLSIsSpokenOverWhatThePoolIsGiven(t *testing.T) {
	chain, key := certtest.New(t, backendName)
	type wrapped struct{ *net.TCPConn }
	p := New(func(c *net.TCPConn) net.Conn { return wrapped{c} })
	p.Update([]*config.Service{over(trusting(chain), secured(t, &tls.Config{}, chain, key))})
	c := connect(t, p)
	if below, ok := c.Stream.(*tls.Conn).NetConn().(wrapped); !ok {
		t.Errorf("it is spoken over a %T", below)
	}
	echo(t, c)
}

func connect(t *testing.T, p *Pool) *Conn {
	t.Helper()
	c, err := p.Dial(t.Context(), to("s", 1), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
