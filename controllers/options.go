package controllers

import (
	"fmt"
	"net"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"

	"switchyard.dev/controllers/translate"
)

// Defaults of Options.
const (
	DefaultXDSAddress     = ":9443"
	DefaultHealthAddress  = ":8081"
	DefaultMetricsAddress = ":8080"
	// None as an address is no listener at all.
	None = "0"
)

// The names of what the controller has in its own namespace.
const (
	// ServiceName is the Service that gateways reach the replicas by.
	ServiceName     = "switchyard-controller"
	leaseName       = "switchyard-controller"
	authoritySecret = "switchyard-authority"
)

// Options are how a replica of the controller runs.
type Options struct {
	Log logr.Logger
	// Registerer takes the metrics; nil is a registry of its own.
	Registerer prometheus.Registerer

	// Namespace is the controller's own: its Secrets, its Lease, the Service that
	// gateways reach it by. Replica is this replica's name there, its pod's.
	Namespace, Replica string
	// Image is what gateways' pods run.
	Image string
	// WatchNamespaces are those whose objects count; none are all.
	WatchNamespaces []string
	// Translate is what differs between installations. Its time is set by Run.
	Translate translate.Options

	// XDSAddress is where gateways connect. XDSListener, if it is not nil, is
	// used instead.
	XDSAddress  string
	XDSListener net.Listener
	// Advertise is the "host:port" at which gateways find the replicas. Empty:
	// that of ServiceName.
	Advertise string
	// HealthAddress and MetricsAddress are for probes and scrapers.
	HealthAddress, MetricsAddress string

	// Solo leads without an election: there is one replica and never two.
	Solo bool
	// LeaseDuration is how long a leader may be silent before another takes
	// over; zero is the library's default, 15 s.
	LeaseDuration time.Duration
}

// withDefaults checks o and fills it in.
func (o Options) withDefaults() (Options, error) {
	for _, option := range []struct{ name, value string }{{"namespace", o.Namespace}, {"replica", o.Replica}, {"image", o.Image}} {
		if option.value == "" {
			return o, fmt.Errorf("%s is empty: want one", option.name)
		}
	}
	for _, n := range append([]string{o.Namespace}, o.WatchNamespaces...) {
		if found := validation.IsDNS1123Label(n); len(found) > 0 {
			return o, fmt.Errorf("namespace %q: %s", n, found[0])
		}
	}
	if o.XDSAddress == "" {
		o.XDSAddress = DefaultXDSAddress
	}
	if o.HealthAddress == "" {
		o.HealthAddress = DefaultHealthAddress
	}
	if o.MetricsAddress == "" {
		o.MetricsAddress = DefaultMetricsAddress
	}
	if o.Advertise == "" {
		_, port, err := net.SplitHostPort(o.XDSAddress)
		if err != nil {
			return o, fmt.Errorf("xDS address %q: %w", o.XDSAddress, err)
		}
		o.Advertise = net.JoinHostPort(fmt.Sprintf("%s.%s.svc", ServiceName, o.Namespace), port)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	return o, nil
}

func (o Options) authority() types.NamespacedName {
	return types.NamespacedName{Namespace: o.Namespace, Name: authoritySecret}
}
