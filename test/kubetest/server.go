package kubetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"switchyard.dev/api/v1alpha1"
)

// patience is for a machine that runs the tests of several packages at once.
const patience = 2 * time.Minute

// Server is a running API server.
type Server struct {
	// Config reaches it as a member of system:masters.
	Config *rest.Config
	// Client reaches it with Scheme, and caches nothing.
	Client client.Client
	// Scheme has Kubernetes' own kinds, the Gateway API's and Switchyard's.
	Scheme *runtime.Scheme
	// Binaries is the folder with kube-apiserver, etcd and kubectl.
	Binaries string

	environment *envtest.Environment
	// home is the temporary folder of the kubeconfig and kubectl's cache.
	home string
}

// Start starts a server for one test, which stops it when it ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Main runs a package's tests with one server, at *shared, for all of them:
//
//	var server *kubetest.Server
//
//	func TestMain(m *testing.M) { os.Exit(kubetest.Main(m, &server)) }
func Main(m *testing.M, shared **Server) (code int) {
	s, err := start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := s.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	*shared = s
	return m.Run()
}

func start() (*Server, error) {
	repository, err := moduleDir("switchyard.dev")
	if err != nil {
		return nil, err
	}
	gatewayAPI, err := moduleDir("sigs.k8s.io/gateway-api")
	if err != nil {
		return nil, err
	}
	s := &Server{Scheme: runtime.NewScheme()}
	if err := addKinds(s.Scheme); err != nil {
		return nil, err
	}
	if s.Binaries, err = binaries(repository); err != nil {
		return nil, err
	}
	s.environment = environment(s.Binaries, s.Scheme,
		filepath.Join(repository, "config", "crd"),
		filepath.Join(gatewayAPI, "config", "crd", "standard"))
	if err := s.run(); err != nil {
		return nil, errors.Join(fmt.Errorf("a kube-apiserver of %s: %w", s.Binaries, err), s.stop())
	}
	return s, nil
}

// run starts the processes and makes them ready for the first test.
func (s *Server) run() (err error) {
	if s.Config, err = s.environment.Start(); err != nil {
		return err
	}
	if s.Client, err = client.New(s.Config, client.Options{Scheme: s.Scheme}); err != nil {
		return err
	}
	if err := warm(s.Client, s.environment.CRDs); err != nil {
		return err
	}
	return s.writeKubeconfig()
}

func (s *Server) stop() error {
	return errors.Join(s.environment.Stop(), os.RemoveAll(s.home))
}

// environment is what envtest is told. Data is not worth a sync to disk: it is
// thrown away.
func environment(binaries string, scheme *runtime.Scheme, crds ...string) *envtest.Environment {
	e := &envtest.Environment{
		Scheme:                   scheme,
		BinaryAssetsDirectory:    binaries,
		ControlPlaneStartTimeout: patience,
		ControlPlaneStopTimeout:  patience,
		CRDInstallOptions: envtest.CRDInstallOptions{
			Paths:              crds,
			ErrorIfPathMissing: true,
			MaxTime:            patience,
			PollInterval:       50 * time.Millisecond,
		},
		ErrorIfCRDPathMissing: true,
	}
	e.ControlPlane.Etcd = &envtest.Etcd{}
	e.ControlPlane.Etcd.Configure().Set("unsafe-no-fsync", "true")
	// envtest's own range has room for 254 Services.
	e.ControlPlane.GetAPIServer().Configure().Set("service-cluster-ip-range", "10.0.0.0/16")
	return e
}

func addKinds(s *runtime.Scheme) error {
	return errors.Join(
		clientscheme.AddToScheme(s),
		gatewayv1.Install(s),
		gatewayv1beta1.Install(s),
		v1alpha1.AddToScheme(s),
	)
}
