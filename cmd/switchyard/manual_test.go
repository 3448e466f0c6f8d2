package main

import (
	"os"
	"path/filepath"
	"testing"

	"switchyard.dev/controllers/files"
	"switchyard.dev/test/manualtest"
)

func TestExamplesInManualsAreRead(t *testing.T) {
	for _, manual := range []string{"README.md", "api/README.md"} {
		t.Run(manual, func(t *testing.T) {
			for _, example := range manualtest.Examples(t, filepath.Join("../..", manual)) {
				file := filepath.Join(t.TempDir(), "example.yaml")
				if err := os.WriteFile(file, []byte(example), 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := files.Read(file); err != nil {
					t.Errorf("%v in\n%s", err, example)
				}
			}
		})
	}
}
