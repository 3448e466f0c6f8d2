package controllers

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"switchyard.dev/controllers/xds"
)

var update = flag.Bool("update", false, "rewrite the metrics in README.md")

// TestTheManualHasTheMetrics compares the table for users with what is served.
func TestTheManualHasTheMetrics(t *testing.T) {
	const manual = "README.md"
	registry := prometheus.NewPedanticRegistry()
	if _, err := newMetrics(registry); err != nil {
		t.Fatal(err)
	}
	if _, err := xds.New(xds.Options{Registerer: registry, Changed: func() {}}); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`(?s)(<!-- metrics: [^\n]*-->\n).*?(\n<!-- end -->)`)
	marks := between.FindSubmatch(got)
	if marks == nil {
		t.Fatalf("%s has no place for the metrics", manual)
	}
	want := bytes.Replace(got, marks[0], bytes.Join([][]byte{marks[1], []byte(metricTable(families)), marks[2]}, nil), 1)
	if *update {
		if err := os.WriteFile(manual, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go test ./controllers -update", manual)
	}
}

func metricTable(families []*dto.MetricFamily) string {
	var out strings.Builder
	out.WriteString("| metric | kind | labels | meaning |\n|---|---|---|---|\n")
	for _, f := range families {
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, "`"+l.GetName()+"`")
		}
		kind := strings.ToLower(f.GetType().String())
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", f.GetName(), kind, strings.Join(labels, ", "), f.GetHelp())
	}
	return out.String()
}
