package chart

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// served are the labels of every series that gateways and controllers serve.
type served map[string][]string

// targetLabels are those that Prometheus gives to all that it scrapes from one
// target; the last is by the PodMonitor, and only gateways have it.
var targetLabels = []string{"job", "instance", "namespace", "pod", "gateway_networking_k8s_io_gateway_name"}

var metricRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*) \\|")

// servedSeries are those that the manuals list, which are kept true by tests of
// their own, and those of the Go runtime, the process and the leader's election.
func servedSeries(t *testing.T) served {
	t.Helper()
	all := served{"leader_election_master_status": {"name"}}
	for _, manual := range []string{"../../gateway/metrics/README.md", "../../controllers/README.md"} {
		text, err := os.ReadFile(manual)
		if err != nil {
			t.Fatal(err)
		}
		rows := metricRow.FindAllStringSubmatch(string(text), -1)
		if len(rows) == 0 {
			t.Fatalf("%s lists no metrics", manual)
		}
		for _, row := range rows {
			var labels []string
			for label := range strings.SplitSeq(row[3], ",") {
				if label = strings.Trim(label, " `"); label != "" {
					labels = append(labels, label)
				}
			}
			all.add(row[1], row[2], labels)
		}
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		all.add(f.GetName(), strings.ToLower(f.GetType().String()), nil)
	}
	return all
}

func (s served) add(name, kind string, labels []string) {
	switch kind {
	case "histogram":
		s[name+"_bucket"] = append(slices.Clone(labels), "le")
		s[name+"_sum"], s[name+"_count"] = labels, labels
	case "summary":
		s[name] = append(slices.Clone(labels), "quantile")
		s[name+"_sum"], s[name+"_count"] = labels, labels
	default:
		s[name] = labels
	}
}

// query is what a PromQL expression names. It is read by its words alone, which
// is enough for what is asked of it here: promtool is who knows the grammar.
type query struct {
	series []string
	// matchers are of a series: its label, and the value or the values.
	matchers []matcher
	// groupings are what stands in the parentheses of by, on and ignoring.
	groupings []grouping
}

type matcher struct{ series, label, value string }

type grouping struct {
	word   string
	labels []string
}

var (
	selector = regexp.MustCompile(`(\w+)\{([^}]*)\}`)
	matching = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"`)
	grouped  = regexp.MustCompile(`\b(by|without|on|ignoring)\s*\(([^)]*)\)`)
	insides  = regexp.MustCompile(`\{[^}]*\}|\[[^\]]*\]|"[^"]*"`)
	word     = regexp.MustCompile(`\b([a-zA-Z_]\w*)\s*(\(?)`)
	keywords = []string{"and", "or", "unless", "offset", "sum", "min", "max", "count", "avg"}
)

func read(expr string) query {
	var q query
	for _, s := range selector.FindAllStringSubmatch(expr, -1) {
		for _, m := range matching.FindAllStringSubmatch(s[2], -1) {
			q.matchers = append(q.matchers, matcher{s[1], m[1], m[2]})
		}
	}
	for _, g := range grouped.FindAllStringSubmatch(expr, -1) {
		var labels []string
		for label := range strings.SplitSeq(g[2], ",") {
			labels = append(labels, strings.TrimSpace(label))
		}
		q.groupings = append(q.groupings, grouping{g[1], labels})
	}
	rest := insides.ReplaceAllString(grouped.ReplaceAllString(expr, " "), " ")
	for _, w := range word.FindAllStringSubmatch(rest, -1) {
		if w[2] == "" && !slices.Contains(keywords, w[1]) {
			q.series = append(q.series, w[1])
		}
	}
	return q
}

// unknown is what an expression names that nobody serves.
func (s served) unknown(expr string) (faults []string) {
	q := read(expr)
	labels := slices.Clone(targetLabels)
	for _, name := range q.series {
		own, ok := s[name]
		if !ok {
			faults = append(faults, "there is no metric "+name)
		}
		labels = append(labels, own...)
	}
	if len(q.series) == 0 {
		faults = append(faults, "it names no metric")
	}
	for _, m := range q.matchers {
		if !slices.Contains(s[m.series], m.label) && !slices.Contains(targetLabels, m.label) {
			faults = append(faults, fmt.Sprintf("%s has no label %s", m.series, m.label))
		}
	}
	for _, g := range q.groupings {
		for _, label := range g.labels {
			if !slices.Contains(labels, label) {
				faults = append(faults, fmt.Sprintf("%s (%s): none of its metrics has that label", g.word, label))
			}
		}
	}
	return faults
}

func TestWhatAnExpressionNamesIsFound(t *testing.T) {
	all := servedSeries(t)
	for name, tc := range map[string]struct {
		expr string
		want []string
	}{
		"a metric and its labels":      {`sum by (route) (rate(switchyard_sessions_total{pod="a"}[5m])) > 0`, nil},
		"a histogram":                  {`histogram_quantile(0.9, sum by (le) (rate(switchyard_dial_duration_seconds_bucket[5m])))`, nil},
		"two sides and the runtime":    {`process_open_fds / process_max_fds > 0.8 and on (job, instance) switchyard_controller_connected`, nil},
		"a metric that nobody serves":  {`rate(switchyard_sessions_lost[5m])`, []string{"there is no metric switchyard_sessions_lost"}},
		"a histogram without a suffix": {`switchyard_dial_duration_seconds > 1`, []string{"there is no metric switchyard_dial_duration_seconds"}},
		"a matcher of another metric's label": {`switchyard_sessions_active{cause="drain"}`,
			[]string{"switchyard_sessions_active has no label cause"}},
		"a grouping by another metric's label": {`sum by (cause) (switchyard_sessions_active)`,
			[]string{"by (cause): none of its metrics has that label"}},
		"no metric": {`time() > 5`, []string{"it names no metric"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := all.unknown(tc.expr); !slices.Equal(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
