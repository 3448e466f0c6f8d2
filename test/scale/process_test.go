package scale

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/gateway"
	"switchyard.dev/gateway/xds"
)

// process is the operator, built and run as users run it.
type process struct {
	y                *yard
	command          *exec.Cmd
	xds, metricsAddr string
	started          time.Time
}

func (y *yard) startOperator() *process {
	y.Helper()
	binary := filepath.Join(y.TempDir(), "switchyard")
	if out, err := exec.Command("go", "build", "-o", binary, "switchyard.dev/cmd/switchyard").CombinedOutput(); err != nil {
		y.Fatalf("%v\n%s", err, out)
	}
	p := &process{y: y, xds: loopback(y.T), metricsAddr: loopback(y.T), started: time.Now()}
	p.command = exec.Command(binary, "controller",
		"--kubeconfig", y.server.Kubeconfig(), "--namespace", y.home, "--replica", "controller-0", "--solo",
		"--gateway-image", "switchyard:scale", "--xds-bind", p.xds, "--metrics-bind", p.metricsAddr, "--health-bind", "0")
	p.command.Stderr = os.Stderr
	if err := p.command.Start(); err != nil {
		y.Fatal(err)
	}
	y.Cleanup(func() {
		_ = p.command.Process.Signal(syscall.SIGTERM)
		if err := p.command.Wait(); err != nil {
			y.Errorf("the operator ended with: %v", err)
		}
	})
	return p
}

// startGateway runs a real gateway that follows the operator.
func (y *yard) startGateway(p *process) *gateway.Gateway {
	y.Helper()
	certificates := y.TempDir()
	y.wait("the gateway has its certificate", func() bool {
		var g gatewayv1.Gateway
		if err := y.server.Client.Get(y.Context(), client.ObjectKey{Namespace: y.users, Name: "edge"}, &g); err != nil {
			y.Fatal(err)
		}
		var s corev1.Secret
		key := client.ObjectKey{Namespace: y.users, Name: provision.SecretName(&g)}
		if err := y.server.Client.Get(y.Context(), key, &s); err != nil {
			return false
		}
		for name, data := range s.Data {
			if err := os.WriteFile(filepath.Join(certificates, name), data, 0o600); err != nil {
				y.Fatal(err)
			}
		}
		return true
	})
	g, err := gateway.New(gateway.Options{Log: logr.Discard(), Admin: gateway.NoAdmin, DrainWindow: -1, DrainTimeout: -1})
	if err != nil {
		y.Fatal(err)
	}
	c := xds.New(xds.Options{Address: p.xds, Certificates: certificates, Node: "edge-0", Apply: g.Apply, Observer: g.Controller(), Log: logr.Discard()})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { c.Run(ctx); done <- struct{}{} }()
	go func() { _ = g.Run(ctx); done <- struct{}{} }()
	y.Cleanup(func() { cancel(); <-done; <-done })
	return g
}

// memory is a line of the process's status, such as VmHWM.
func (p *process) memory(field string) string {
	p.y.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), field+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// passes are a histogram's passes and the time they took.
type passes struct {
	count uint64
	sum   float64
}

func (p passes) since(before passes) passes {
	return passes{p.count - before.count, p.sum - before.sum}
}

func (p passes) mean() time.Duration {
	return time.Duration(p.sum / float64(max(p.count, 1)) * float64(time.Second)).Round(time.Millisecond)
}

// passes reads one of the operator's own metrics.
func (p *process) passes(of string) passes {
	p.y.Helper()
	response, err := http.Get("http://" + p.metricsAddr + "/metrics")
	if err != nil {
		p.y.Fatal(err)
	}
	defer response.Body.Close()
	var read passes
	name := "switchyard_controller_" + of + "_seconds"
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), name+"_count %d", &read.count)
		_, _ = fmt.Sscanf(lines.Text(), name+"_sum %g", &read.sum)
	}
	return read
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func loopback(t *testing.T) string { return fmt.Sprintf("127.0.0.1:%d", freePort(t)) }
