package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"switchyard.dev/controllers/files"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func TestExamplesInManualsAreRead(t *testing.T) {
	for _, manual := range []string{"README.md", "api/README.md"} {
		t.Run(manual, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../..", manual))
			if err != nil {
				t.Fatal(err)
			}
			blocks := yamlBlock.FindAllSubmatch(text, -1)
			if len(blocks) == 0 {
				t.Fatal("it has no example")
			}
			for _, block := range blocks {
				file := filepath.Join(t.TempDir(), "example.yaml")
				if err := os.WriteFile(file, block[1], 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := files.Read(file); err != nil {
					t.Errorf("%v in\n%s", err, block[1])
				}
			}
		})
	}
}
