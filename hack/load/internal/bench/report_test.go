package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchyard.dev/hack/load/internal/client"
)

// cpu is a result that says only what an echo cost.
func cpu(microseconds float64) *client.Result {
	return &client.Result{Process: &client.Process{CPUPerMessage: microseconds}, Errors: map[string]uint64{}}
}

// reportOf holds the samples of the first cell, in rounds, by peer.
func reportOf(rounds map[string][]*client.Result) *report {
	r := &report{options: Options{Rounds: 3, Time: time.Second}, machine: "2 cores", cells: cells()[:1]}
	for _, p := range peers() {
		if _, ok := rounds[p.name]; ok {
			r.peers = append(r.peers, contender{peer: p, version: p.name + " 1.0"})
		}
		for i, result := range rounds[p.name] {
			r.samples = append(r.samples, sample{Round: i + 1, Cell: "echo-64", Peer: p.name, Result: result})
		}
	}
	return r
}

func TestReport(t *testing.T) {
	tests := map[string]struct {
		rounds map[string][]*client.Result
		want   []string
	}{
		"medians, spreads and ratios, each ratio of one round": {
			rounds: map[string][]*client.Result{
				gateway:   {cpu(10), cpu(30), cpu(22)},
				reference: {cpu(10), cpu(20), cpu(20)},
				bridge:    {cpu(40), cpu(60), cpu(88)},
			},
			want: []string{
				"| CPU, 64 B echo, 64 sessions (µs) | 22.0 (10.0–30.0) | 20.0 (10.0–20.0) | 60.0 (40.0–88.0) |",
				"| CPU, 64 B echo, 64 sessions (µs) | 1.10 (1.00–1.50) | 1.00 (1.00–1.00) | 4.00 (3.00–4.40) |",
				"| CPU, 64 B echo, 64 sessions (µs) | 22.0 (10.0–30.0) |  | 1.10 (1.00–1.50) | ≤ 1.1 | 0.25 (0.25–0.50) | ≤ 0.5 |",
				"- **switchyard**: switchyard 1.0; ",
			},
		},
		"a round that failed is left out of figures and ratios": {
			rounds: map[string][]*client.Result{
				gateway:   {cpu(10), nil, cpu(30)},
				reference: {cpu(10), cpu(1000), cpu(10)},
			},
			want: []string{
				"| CPU, 64 B echo, 64 sessions (µs) | 20.0 (10.0–30.0) | 10.0 (10.0–1000.0) |",
				"| CPU, 64 B echo, 64 sessions (µs) | 20.0 (10.0–30.0) |  | 2.00 (1.00–3.00) | ≤ 1.1 | – | ≤ 0.5 |",
			},
		},
		"one round has no spread": {
			rounds: map[string][]*client.Result{reference: {cpu(7)}},
			want:   []string{"| CPU, 64 B echo, 64 sessions (µs) | 7.0 |", "(µs) | – |"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			text := reportOf(tc.rounds).render()
			for _, want := range tc.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
}

func TestAReportWithoutTheGatewayHasNoTargets(t *testing.T) {
	text := reportOf(map[string][]*client.Result{reference: {cpu(7)}}).render()
	if strings.Contains(text, "first targets") || !strings.Contains(text, "Ratios to haproxy-tcp") {
		t.Errorf("want ratios and no targets in\n%s", text)
	}
	text = reportOf(map[string][]*client.Result{bridge: {cpu(7)}}).render()
	if strings.Contains(text, "Ratios to") {
		t.Errorf("ratios to a peer that did not take part in\n%s", text)
	}
}

func TestErrorsAndMissingPeersAreTold(t *testing.T) {
	bad := cpu(9)
	bad.Errors["close_1001"] = 3
	r := reportOf(map[string][]*client.Result{reference: {bad}})
	r.samples = append(r.samples, sample{Round: 2, Cell: "idle", Peer: "nginx", Error: "it fell over"})
	r.missing = []string{"websockify: not found"}
	text := r.render()
	for _, want := range []string{
		"- round 1, echo-64, haproxy-tcp: 3 × close_1001", "- round 2, idle, nginx: it fell over", "- not here: websockify: not found",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestBothFilesAreWritten(t *testing.T) {
	r := reportOf(map[string][]*client.Result{reference: {cpu(7)}})
	r.options.Out = filepath.Join(t.TempDir(), "new", "bench")
	var stdout strings.Builder
	if err := r.write(&stdout); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(r.options.Out, "latest.md"))
	if err != nil || string(text) != stdout.String() {
		t.Errorf("latest.md: %v, same as printed: %v", err, string(text) == stdout.String())
	}
	raw, err := os.ReadFile(filepath.Join(r.options.Out, "latest.json"))
	if err != nil || !strings.Contains(string(raw), `"cpu_us_per_message": 7`) {
		t.Errorf("latest.json: %v: %s", err, raw)
	}
}
