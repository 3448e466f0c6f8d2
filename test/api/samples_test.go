package api

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSamplesApply(t *testing.T) {
	const samples = "../../config/samples"
	entries, err := os.ReadDir(samples)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) == 0 {
		t.Fatal("there are no samples")
	}
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			namespace := server.Namespace(t)
			out, err := server.Kubectl("apply", "--warnings-as-errors", "-n", namespace, "-f", filepath.Join(samples, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out) {
				if !strings.HasSuffix(line, " created\n") {
					t.Errorf("kubectl says %q", line)
				}
			}
		})
	}
}

// TestKustomizationsApply: as the manual has people install them.
func TestKustomizationsApply(t *testing.T) {
	for _, folder := range []string{"crd", "rbac", "default"} {
		// The server has the CRDs already, applied by another.
		out, err := server.Kubectl("apply", "--server-side", "--force-conflicts", "-k", filepath.Join("../../config", folder))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out) {
			if !strings.HasSuffix(line, " serverside-applied\n") {
				t.Errorf("%s: kubectl says %q", folder, line)
			}
		}
	}
}
