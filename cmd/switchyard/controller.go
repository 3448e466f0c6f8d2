package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"

	"switchyard.dev/cmd/internal/flags"
	"switchyard.dev/controllers"
)

// defaultNamespace is the controller's own where nothing else says so.
const defaultNamespace = "switchyard-system"

func newController() *cobra.Command {
	var logging flags.Log
	var kubeconfig, defaultGateway string
	var o controllers.Options
	cmd := &cobra.Command{
		Use:   "controller",
		Short: "Run the operator: routes in a cluster become configuration of its gateways",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := logging.Logger(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			ctrl.SetLogger(log)
			klog.SetLogger(log)
			o.Log, o.Registerer = log, ctrlmetrics.Registry
			if o.Translate.DefaultGateway, err = namespacedName(defaultGateway); err != nil {
				return err
			}
			config, err := restConfig(kubeconfig)
			if err != nil {
				return err
			}
			return controllers.Run(cmd.Context(), config, o)
		},
	}
	addControllerFlags(cmd.Flags(), &o)
	set := cmd.Flags()
	set.StringVar(&kubeconfig, "kubeconfig", "", "`file` that says how to reach the API server; without it as kubectl finds one, or as a pod does")
	set.StringVar(&defaultGateway, "default-gateway", "", "`namespace/name` of the Gateway that routes without parentRefs attach to; without it the only one there is")
	logging.Add(set)
	_ = cmd.MarkFlagRequired("gateway-image")
	return cmd
}

func addControllerFlags(set *pflag.FlagSet, o *controllers.Options) {
	hostname, _ := os.Hostname()
	set.StringVar(&o.Image, "gateway-image", "", "`image` that the pods of Gateways run")
	set.StringVar(&o.Namespace, "namespace", cmp.Or(os.Getenv("POD_NAMESPACE"), defaultNamespace), "the controller's own `namespace` (POD_NAMESPACE)")
	set.StringVar(&o.Replica, "replica", cmp.Or(os.Getenv("POD_NAME"), hostname), "this replica's `name`, unlike the others' (POD_NAME, or the host's name)")
	set.StringSliceVar(&o.WatchNamespaces, "watch-namespaces", nil, "the `namespaces` whose objects count; without it all")
	set.BoolVar(&o.Translate.AllowAnyAddress, "allow-any-address", false, "let routes reach Services of type ExternalName and endpoints at loopback or link-local addresses")
	set.StringVar(&o.XDSAddress, "xds-bind", controllers.DefaultXDSAddress, "`host:port` to listen at for gateways")
	set.StringVar(&o.Advertise, "xds-address", "", "`host:port` at which gateways find the controller; without it the Service "+controllers.ServiceName)
	set.StringVar(&o.HealthAddress, "health-bind", controllers.DefaultHealthAddress, "`host:port` for /healthz and /readyz; \"0\" is none")
	set.StringVar(&o.MetricsAddress, "metrics-bind", controllers.DefaultMetricsAddress, "`host:port` for /metrics; \"0\" is none")
	set.BoolVar(&o.Solo, "solo", false, "lead without an election: there is never a second replica")
}

// restConfig follows kubectl's rules, and those of a pod.
func restConfig(path string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = path
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, err
	}
	// The API server shares itself out among its clients better than they could.
	config.QPS = -1
	return config, nil
}

func namespacedName(s string) (types.NamespacedName, error) {
	if s == "" {
		return types.NamespacedName{}, nil
	}
	namespace, name, ok := strings.Cut(s, "/")
	if !ok || namespace == "" || name == "" || strings.Contains(name, "/") {
		return types.NamespacedName{}, fmt.Errorf("--default-gateway %q: want namespace/name", s)
	}
	return types.NamespacedName{Namespace: namespace, Name: name}, nil
}
