package controllers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"switchyard.dev/controllers/authority"
	"switchyard.dev/controllers/cluster"
	"switchyard.dev/controllers/credentials"
	"switchyard.dev/controllers/loop"
	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/reports"
	"switchyard.dev/controllers/status"
	"switchyard.dev/controllers/xds"
)

// +kubebuilder:rbac:groups="",resources=services;configmaps;namespaces,verbs=get;list;watch
// +kubebuilder:rbac:groups=discovery.k8s.io,resources=endpointslices,verbs=get;list;watch
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=gatewayclasses;gateways;referencegrants;backendtlspolicies,verbs=get;list;watch
// +kubebuilder:rbac:groups=switchyard.dev,resources=websocketroutes;websocketpolicies;gatewayparameters,verbs=get;list;watch
// +kubebuilder:rbac:groups=coordination.k8s.io,namespace=switchyard-system,resources=leases,verbs=get;create;update
// +kubebuilder:rbac:groups="",namespace=switchyard-system,resources=events,verbs=create;patch

// operator is one replica.
type operator struct {
	options Options
	log     logr.Logger
	manager manager.Manager
	keeper  *credentials.Keeper
	xds     *xds.Server
	metrics *metrics

	// objects runs publish, managed runs lead or follow.
	objects, managed *loop.Loop
	// written: more than endpoints has changed since publish last looked.
	written atomic.Bool
	// published is what the last pass over the objects came to.
	published atomic.Pointer[outcome]
	// authority is what the server's certificates are issued by.
	authority atomic.Pointer[authority.Set]
	// What follows is for the loop of managed alone. troubles are by step.
	troubles map[string]trouble
	// leads is since when this replica leads, heard are the Gateways whose
	// gateways it has heard of soon after.
	leads       time.Time
	heard       map[types.NamespacedName]bool
	provisioner *provision.Applier
	writer      *status.Writer
	exchange    *reports.Exchange
}

// Run runs a replica of the controller until ctx ends, or until it cannot go on:
// a leader that has lost its lease ends, as whoever took it over leads.
func Run(ctx context.Context, config *rest.Config, options Options) error {
	o, err := newOperator(config, options)
	if err != nil {
		return err
	}
	listener := o.options.XDSListener
	if listener == nil {
		if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", o.options.XDSAddress); err != nil {
			return fmt.Errorf("listen for gateways: %w", err)
		}
	}
	if err := o.assemble(ctx, listener); err != nil {
		listener.Close()
		return err
	}
	return o.manager.Start(ctx)
}

func newOperator(config *rest.Config, options Options) (*operator, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	scheme, err := NewScheme()
	if err != nil {
		return nil, err
	}
	m, err := manager.New(config, manager.Options{
		Scheme:                        scheme,
		Logger:                        options.Log,
		Cache:                         cluster.CacheOptions(options.WatchNamespaces, options.Namespace),
		NewCache:                      cluster.NewCache,
		Metrics:                       metricsserver.Options{BindAddress: options.MetricsAddress},
		HealthProbeBindAddress:        options.HealthAddress,
		LeaderElection:                !options.Solo,
		LeaderElectionID:              leaseName,
		LeaderElectionNamespace:       options.Namespace,
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 orNil(options.LeaseDuration),
		RenewDeadline:                 orNil(options.LeaseDuration * 2 / 3),
		RetryPeriod:                   orNil(options.LeaseDuration / 8),
	})
	if err != nil {
		return nil, fmt.Errorf("begin with the API server at %s: %w", config.Host, err)
	}
	o := &operator{
		options: options, log: options.Log, manager: m,
		objects: loop.New(), managed: loop.New(), troubles: map[string]trouble{},
		heard:  map[types.NamespacedName]bool{},
		keeper: &credentials.Keeper{Client: m.GetClient(), Live: m.GetAPIReader(), Authority: options.authority(), Now: time.Now},
		writer: &status.Writer{
			Client: m.GetClient(), Events: status.NewEvents(m.GetEventRecorder(ServiceName)), Now: time.Now,
		},
		exchange: &reports.Exchange{
			Client: m.GetClient(), Namespace: options.Namespace, Replica: options.Replica, Now: time.Now,
		},
		provisioner: provision.New(m.GetClient(), m.GetAPIReader(), provision.Options{Image: options.Image, Controller: options.Advertise}),
	}
	if o.metrics, err = newMetrics(options.Registerer); err != nil {
		return nil, err
	}
	o.xds, err = xds.New(xds.Options{Registerer: options.Registerer, Changed: o.managed.Mark})
	return o, err
}

func orNil(d time.Duration) *time.Duration {
	if d == 0 {
		return nil
	}
	return ptr.To(d)
}

// assemble puts the loops and servers under the manager.
func (o *operator) assemble(ctx context.Context, listener net.Listener) error {
	marks := cluster.Marks{
		Objects: func() {
			o.written.Store(true)
			o.objects.Mark()
		},
		Endpoints: o.objects.Mark,
		Managed:   o.managed.Mark,
	}
	if err := cluster.Watch(ctx, o.manager.GetCache(), marks); err != nil {
		return err
	}
	for _, r := range []manager.Runnable{
		everywhere(func(ctx context.Context) error {
			o.objects.Mark()
			o.objects.Run(ctx, o.publish)
			return nil
		}),
		everywhere(func(ctx context.Context) error {
			o.managed.Mark()
			o.managed.Run(ctx, o.tend)
			return nil
		}),
		everywhere(func(ctx context.Context) error {
			return o.xds.Serve(ctx, listener, authority.ServerTLS(o.authority.Load, time.Now))
		}),
		leader(func(ctx context.Context) error {
			// Elected closes at the same time; the loop must look again.
			o.managed.Mark()
			<-ctx.Done()
			return nil
		}),
	} {
		if err := o.manager.Add(r); err != nil {
			return err
		}
	}
	if err := o.manager.AddHealthzCheck("process", func(*http.Request) error { return nil }); err != nil {
		return err
	}
	return o.manager.AddReadyzCheck("configuration", o.ready)
}

// ready is an error until gateways that connect are served.
func (o *operator) ready(*http.Request) error {
	switch {
	case o.published.Load() == nil:
		return errors.New("the objects have not been translated yet")
	case o.authority.Load() == nil:
		return credentials.ErrNoAuthority
	}
	return nil
}

// everywhere runs in every replica, leader runs in the one that leads.
type (
	everywhere func(context.Context) error
	leader     func(context.Context) error
)

func (f everywhere) Start(ctx context.Context) error { return f(ctx) }
func (everywhere) NeedLeaderElection() bool          { return false }
func (f leader) Start(ctx context.Context) error     { return f(ctx) }
func (leader) NeedLeaderElection() bool              { return true }
