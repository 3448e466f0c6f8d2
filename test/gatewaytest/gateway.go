package gatewaytest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"github.com/go-logr/logr/funcr"
	"google.golang.org/protobuf/types/known/durationpb"

	"switchyard.dev/gateway"
	"switchyard.dev/gateway/config"
)

// ServerName is a name that the certificate of every gateway of a Yard is for.
const ServerName = "ws.example.com"

// applyTries is how often a gateway looks for free ports: another process may
// take one between the look and the use.
const applyTries = 5

// Options say how a gateway of a Yard differs from the defaults.
type Options struct {
	Routes []Route
	// HandshakeTimeout and MaxHeaderBytes are both listeners'; zero is the
	// gateway's default.
	HandshakeTimeout time.Duration
	MaxHeaderBytes   uint32
	// DrainWindow and DrainTimeout are the gateway's own; zero is its default.
	DrainWindow, DrainTimeout time.Duration
	// Unconfigured leaves the first Apply, of Snapshot's, to the test.
	Unconfigured bool
}

// Gateway is a gateway that runs, with a plain and a TLS listener.
type Gateway struct {
	*gateway.Gateway
	// Access is what the gateway wrote to its access log.
	Access *AccessLog

	tb        testing.TB
	roots     *x509.CertPool
	listeners []*config.Listener
	addrs     map[Transport]string
	cancel    context.CancelFunc
	done      chan struct{}
	err       error
}

// Transport is how a client reaches the gateway: the scheme of its URL.
type Transport string

// Transports a gateway of a Yard serves.
const (
	Plain  Transport = "ws"
	Secure Transport = "wss"
)

// Transports are both, for tests that run over each.
func Transports() []Transport { return []Transport{Plain, Secure} }

// Gateway starts a gateway and stops it when the test ends.
func (y *Yard) Gateway(o Options) *Gateway {
	tb := y.tb
	tb.Helper()
	log := &Log{}
	g := &Gateway{Access: &AccessLog{}, tb: tb, done: make(chan struct{})}
	var err error
	g.Gateway, err = gateway.New(gateway.Options{
		Log:          funcr.New(func(prefix, args string) { log.Add(prefix + " " + args) }, funcr.Options{}),
		AccessLog:    g.Access,
		Admin:        "-",
		DrainWindow:  o.DrainWindow,
		DrainTimeout: o.DrainTimeout,
	})
	if err != nil {
		tb.Fatal(err)
	}
	g.listen(o)
	var ctx context.Context
	ctx, g.cancel = context.WithCancel(context.Background())
	go func() {
		defer close(g.done)
		g.err = g.Run(ctx)
	}()
	tb.Cleanup(func() {
		g.Stop(tb)
		if tb.Failed() {
			tb.Log("the gateway's log:\n" + log.String() + "the gateway's access log:\n" + g.Access.String())
		}
	})
	return g
}

// listen finds two free ports and, unless that is left to the test, applies the
// first configuration there.
func (g *Gateway) listen(o Options) {
	g.tb.Helper()
	certificate, roots := NewCertificate(g.tb, ServerName)
	g.roots = roots
	var err error
	for range applyTries {
		ports := freePorts(g.tb, 2)
		g.addrs = map[Transport]string{
			Plain:  fmt.Sprintf("127.0.0.1:%d", ports[0]),
			Secure: fmt.Sprintf("127.0.0.1:%d", ports[1]),
		}
		g.listeners = []*config.Listener{
			o.listener(PlainListener, ports[0], nil),
			o.listener(SecureListener, ports[1], &config.TLS{Certificates: []*config.Certificate{certificate}}),
		}
		if o.Unconfigured {
			return
		}
		if err = g.Gateway.Apply(g.Snapshot(o.Routes...)); err == nil {
			return
		}
	}
	g.tb.Fatal(err)
}

func (o Options) listener(name string, port uint32, tls *config.TLS) *config.Listener {
	l := &config.Listener{Name: name, Address: "127.0.0.1", Port: port, Tls: tls, MaxHeaderBytes: o.MaxHeaderBytes}
	if o.HandshakeTimeout > 0 {
		l.HandshakeTimeout = durationpb.New(o.HandshakeTimeout)
	}
	return l
}

// Snapshot is the configuration of this gateway's listeners with these routes.
func (g *Gateway) Snapshot(routes ...Route) *config.Snapshot {
	g.tb.Helper()
	s := compileAll(g.tb, routes)
	s.Listeners = g.listeners
	return s
}

// Apply replaces all routes.
func (g *Gateway) Apply(routes ...Route) {
	g.tb.Helper()
	if err := g.Gateway.Apply(g.Snapshot(routes...)); err != nil {
		g.tb.Fatal(err)
	}
}

// Addr is where the gateway listens.
func (g *Gateway) Addr(via Transport) string { return g.addrs[via] }

// URL is path at the gateway.
func (g *Gateway) URL(via Transport, path string) string {
	return string(via) + "://" + g.addrs[via] + path
}

// ClientTLS trusts the gateway's certificate.
func (g *Gateway) ClientTLS() *tls.Config {
	return &tls.Config{RootCAs: g.roots, ServerName: ServerName, MinVersion: tls.VersionTLS12}
}

// BeginStop asks the gateway to stop and returns at once.
func (g *Gateway) BeginStop() { g.cancel() }

// Stopped is closed once the gateway has stopped.
func (g *Gateway) Stopped() <-chan struct{} { return g.done }

// Stop stops the gateway gracefully and waits for it. It may be called again.
func (g *Gateway) Stop(tb testing.TB) {
	tb.Helper()
	g.cancel()
	select {
	case <-g.done:
	case <-time.After(Patience):
		tb.Fatalf("the gateway has not stopped after %v", Patience)
	}
	if g.err != nil {
		tb.Errorf("the gateway stopped with: %v", g.err)
	}
	if n := g.Sessions().Len(); n != 0 {
		tb.Errorf("the registry of a stopped gateway holds %d sessions", n)
	}
}
