package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers"
)

const (
	// patience bounds every wait; only a test that fails waits so long.
	patience = 2 * time.Minute
	// lookEvery is how often the cluster is asked for what is waited for.
	lookEvery = 100 * time.Millisecond
)

// dialCluster is a client for what KUBECONFIG names.
func dialCluster(t *testing.T) client.Client {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	scheme, err := controllers.NewScheme()
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// run runs a program to its end with text as its input, and returns what it
// prints. A failure is one of the test.
func run(t *testing.T, input, name string, args ...string) string {
	t.Helper()
	out, err := try(input, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func try(input, name string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	command := exec.Command(name, args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, "", "kubectl", args...)
}

// apply applies YAML to a namespace.
func apply(t *testing.T, namespace, yaml string) {
	t.Helper()
	run(t, yaml, "kubectl", "apply", "--namespace", namespace, "--filename", "-")
}

func helm(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, "", "helm", args...)
}

// eventually waits until ask has nothing to say against it.
func eventually(t *testing.T, what string, ask func() error) {
	t.Helper()
	err := errors.New("not asked")
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(lookEvery) {
		if err = ask(); err == nil {
			return
		}
	}
	t.Fatalf("%s: not after %v: %v", what, patience, err)
}

// readFile is a file of testdata.
func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// setting is a variable of the environment, or what it is without.
func setting(name, without string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return without
}
