package gateway

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard.dev/gateway/accesslog"
	"switchyard.dev/gateway/admin"
	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/listener"
	"switchyard.dev/gateway/metrics"
	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/route"
	"switchyard.dev/gateway/upstream"
)

// Defaults of Options.
const (
	DefaultAdmin        = "127.0.0.1:9090"
	DefaultDrainWindow  = 10 * time.Second
	DefaultDrainTimeout = 15 * time.Second
	// NoAdmin as Options.Admin is no admin listener at all.
	NoAdmin = "-"
)

// Options are how a gateway runs, whatever it serves.
type Options struct {
	Log logr.Logger
	// AccessLog takes one JSON record a line; nil is none.
	AccessLog io.Writer
	// Admin is the address of the admin listener. Empty is DefaultAdmin.
	Admin string
	// Plain answers requests that ask for no WebSocket and match one of its
	// patterns; the others, or all where it is nil, are refused.
	Plain *http.ServeMux
	// DrainWindow is the time over which a stopping gateway spreads its Close
	// frames; DrainTimeout, how long it then waits for the sessions to end. Zero
	// is the default, negative is no time at all.
	DrainWindow, DrainTimeout time.Duration
}

// Gateway serves the configuration that it was given last. It is safe for
// concurrent use.
type Gateway struct {
	log     logr.Logger
	options Options
	// began is what the times of sessions are told from.
	began time.Time

	listeners *listener.Set
	pool      *upstream.Pool
	sessions  *registry.Registry
	metrics   *metrics.Metrics
	access    *accesslog.Log
	admin     *admin.Server
	plain     *plain
	drivers   drivers

	// applying serialises Apply; readers use the pointers.
	applying sync.Mutex
	table    atomic.Pointer[route.Table]
	snapshot atomic.Pointer[config.Snapshot]
}

// New makes a gateway that serves nothing yet, and opens its admin listener. It
// is for Run to end it.
func New(o Options) (*Gateway, error) {
	o.DrainWindow = orDefault(o.DrainWindow, DefaultDrainWindow)
	o.DrainTimeout = orDefault(o.DrainTimeout, DefaultDrainTimeout)
	g := &Gateway{
		log: o.Log, options: o, began: time.Now(),
		pool: upstream.New(belowTLS), sessions: registry.New(), access: accesslog.New(o.AccessLog),
		plain: newPlain(o.Plain, o.Log.WithName("plain")),
	}
	g.table.Store(new(route.Table))
	g.listeners = listener.New(o.Log.WithName("listener"), g.serve, g.accept)
	if err := g.begin(); err != nil {
		g.plain.close()
		_ = g.access.Close() // nothing was written to it
		return nil, err
	}
	return g, nil
}

// begin starts what a gateway has before it serves anything.
func (g *Gateway) begin() error {
	var err error
	if g.drivers, err = newDrivers(); err != nil {
		return err
	}
	if err = g.watch(); err != nil {
		g.drivers.close()
	}
	return err
}

// belowTLS lets a driver take a TLS connection over.
func belowTLS(c *net.TCPConn) net.Conn { return driver.NewTransport(c) }

// watch makes the gateway's insides seen.
func (g *Gateway) watch() error {
	gatherer, err := g.register()
	if err != nil {
		return err
	}
	return g.openAdmin(gatherer)
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return max(d, 0)
}

// Apply serves s from now on. It is compiled first; on an error the last
// configuration stays in force. s must not be changed afterwards.
//
// Live sessions keep what they began with.
func (g *Gateway) Apply(s *config.Snapshot) error {
	g.applying.Lock()
	defer g.applying.Unlock()
	if err := g.apply(s); err != nil {
		g.metrics.Rejected()
		return err
	}
	g.metrics.Applied(s, time.Now())
	return nil
}

func (g *Gateway) apply(s *config.Snapshot) error {
	if onlyServicesChanged(g.Config(), s) {
		g.snapshot.Store(s)
		g.pool.Update(s.GetServices())
		return nil
	}
	table, err := route.Compile(s)
	if err != nil {
		return fmt.Errorf("compile routes: %w", err)
	}
	err = g.listeners.Update(s.GetListeners(), func() {
		// No request meets a listener without its routes, nor, since between the
		// two tables the services of both are there, a route without its service.
		g.pool.Update(union(g.Config().GetServices(), s.GetServices()))
		g.table.Store(table)
	})
	if err != nil {
		return fmt.Errorf("open listeners: %w", err)
	}
	g.snapshot.Store(s)
	g.pool.Update(s.GetServices())
	return nil
}

// onlyServicesChanged says whether listeners and routes are the very same
// messages. Endpoints come and go all day; they need no new table.
func onlyServicesChanged(before, after *config.Snapshot) bool {
	return before != nil &&
		slices.Equal(before.GetListeners(), after.GetListeners()) &&
		slices.Equal(before.GetRoutes(), after.GetRoutes())
}

// union has all of both lists; of two with the same name, the newer.
func union(older, newer []*config.Service) []*config.Service {
	known := make(map[string]bool, len(newer))
	all := make([]*config.Service, 0, len(older)+len(newer))
	for _, s := range newer {
		known[s.GetName()] = true
		all = append(all, s)
	}
	for _, s := range older {
		if !known[s.GetName()] {
			all = append(all, s)
		}
	}
	return all
}

// Config is what is served; nil before the first Apply. It is shared: callers
// only read it.
func (g *Gateway) Config() *config.Snapshot { return g.snapshot.Load() }

// Routes are what is served, for people to read.
func (g *Gateway) Routes() []route.Entry {
	return g.table.Load().Entries()
}

// Sessions are the live ones.
func (g *Gateway) Sessions() *registry.Registry { return g.sessions }

// Controller is to be told of the connection to the controller, where there is
// one.
func (g *Gateway) Controller() *metrics.Controller { return g.metrics.Controller() }

// Addrs are the addresses that the listeners are bound to, by name.
func (g *Gateway) Addrs() map[string]net.Addr { return g.listeners.Addrs() }

// Ready is nil while new sessions are welcome, else why they are not.
func (g *Gateway) Ready() error {
	switch {
	case g.sessions.Draining():
		return errDraining
	case g.Config() == nil:
		return errUnconfigured
	}
	return nil
}

func (g *Gateway) register() (prometheus.Gatherer, error) {
	registry := prometheus.NewRegistry()
	for _, c := range runtimeCollectors() {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	var err error
	g.metrics, err = metrics.New(registry, metrics.Sources{
		Live: g.counted, HandshakeResults: results(), AccessLogDropped: g.access.Dropped,
	})
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return registry, nil
}

func (g *Gateway) openAdmin(gatherer prometheus.Gatherer) error {
	addr := g.options.Admin
	switch addr {
	case NoAdmin:
		return nil
	case "":
		addr = DefaultAdmin
	}
	handler := admin.Handler(admin.Sources{
		Ready: g.Ready, Config: g.Config, Sessions: g.sessions, Gatherer: gatherer,
		Routes: func() any { return g.Routes() },
	})
	server, err := admin.Listen(addr, handler, g.log.WithName("admin"))
	if err != nil {
		return fmt.Errorf("open the admin listener: %w", err)
	}
	g.admin = server
	return nil
}

// Run serves until ctx ends, then stops: not ready, refuse new, tell every
// session, wait for them, cut. It is called once.
func (g *Gateway) Run(ctx context.Context) error {
	failed := make(chan error, 1)
	if g.admin != nil {
		go func() { failed <- g.admin.Serve() }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	g.stop()
	return err
}
