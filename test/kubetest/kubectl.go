package kubetest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Kubectl runs the real kubectl and returns what it prints. Its error has what
// it says on standard error.
func (s *Server) Kubectl(args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	kubectl := exec.Command(filepath.Join(s.Binaries, "kubectl"), args...)
	kubectl.Stdout, kubectl.Stderr = &stdout, &stderr
	// What kubectl keeps of a server goes by the server's port, which another
	// one had yesterday.
	kubectl.Env = append(os.Environ(), "KUBECONFIG="+s.Kubeconfig(), "KUBECACHEDIR="+filepath.Join(s.home, "cache"))
	if err := kubectl.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// Kubeconfig is the path of a kubeconfig for the server.
func (s *Server) Kubeconfig() string { return filepath.Join(s.home, "kubeconfig") }

func (s *Server) writeKubeconfig() (err error) {
	if s.home, err = os.MkdirTemp("", "kubetest"); err != nil {
		return err
	}
	return os.WriteFile(s.Kubeconfig(), s.environment.KubeConfig, 0o600)
}
