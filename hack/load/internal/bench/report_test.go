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
	return reportOfCells(map[string]map[string][]*client.Result{"echo-64": rounds})
}

// reportOfCells holds the samples of several, by cell.
func reportOfCells(seen map[string]map[string][]*client.Result) *report {
	r := &report{options: Options{Rounds: 3, Time: time.Second}, machine: "2 cores"}
	took := make(map[string]bool)
	for _, c := range cells() {
		if seen[c.name] != nil {
			r.cells = append(r.cells, c)
		}
		for name, results := range seen[c.name] {
			took[name] = true
			for i, result := range results {
				r.samples = append(r.samples, sample{Round: i + 1, Cell: c.name, Peer: name, Result: result})
			}
		}
	}
	for _, p := range peers() {
		if took[p.name] {
			r.peers = append(r.peers, contender{peer: p, version: p.name + " 1.0"})
		}
	}
	return r
}

// weight is a result that says only what an idle session takes.
func weight(kibibytes float64) *client.Result {
	return &client.Result{Process: &client.Process{PSSPerSession: kibibytes * kib}}
}

func TestReport(t *testing.T) {
	type rounds = map[string][]*client.Result
	tests := map[string]struct {
		seen map[string]rounds
		want []string
	}{
		"medians, spreads and ratios, each ratio of one round": {
			seen: map[string]rounds{"echo-64": {
				gateway:    {cpu(10), cpu(30), cpu(22)},
				haproxyTCP: {cpu(10), cpu(20), cpu(20)},
				"gorilla":  {cpu(40), cpu(60), cpu(88)},
			}},
			want: []string{
				"| CPU, 64 B echo, 64 sessions (µs) | 22.0 (10.0–30.0) | 20.0 (10.0–20.0) | 60.0 (40.0–88.0) |",
				"| CPU, 64 B echo, 64 sessions (µs) | 1.10 (1.00–1.50) | 1.00 (1.00–1.00) | 4.00 (3.00–4.40) |",
				"| CPU, 64 B echo, 64 sessions | haproxy-tcp | ≤ 0.90 | 1.10 (1.00–1.50) | no |",
				"| CPU, 64 B echo, 64 sessions | nginx | ≤ 1.00 | – | not measured |",
				"0 of 1 that were measured are met",
				"| CPU, 64 B echo, 64 sessions | gorilla | < 1 | 0.25 (0.25–0.50) | yes |",
				"1 of 1 that were measured are met",
				"- **switchyard**: switchyard 1.0; ",
			},
		},
		"a round that failed is left out of figures and ratios": {
			seen: map[string]rounds{"echo-64": {
				gateway:    {cpu(10), nil, cpu(30)},
				haproxyTCP: {cpu(10), cpu(1000), cpu(10)},
			}},
			want: []string{
				"| CPU, 64 B echo, 64 sessions (µs) | 20.0 (10.0–30.0) | 10.0 (10.0–1000.0) |",
				"| CPU, 64 B echo, 64 sessions | haproxy-tcp | ≤ 0.90 | 2.00 (1.00–3.00) | no |",
			},
		},
		"one round has no spread": {
			seen: map[string]rounds{"echo-64": {haproxyTCP: {cpu(7)}}},
			want: []string{"| CPU, 64 B echo, 64 sessions (µs) | 7.0 |", "(µs) | – |"},
		},
		"over wss the reference is who ends TLS": {
			seen: map[string]rounds{"wss-echo-64": {gateway: {cpu(6)}, haproxyTLS: {cpu(8)}}},
			want: []string{
				"| CPU, 64 B echo over wss, 64 sessions (µs) | 0.75 | 1.00 |",
				"| CPU, 64 B echo over wss, 64 sessions | haproxy-tls | ≤ 0.75 | 0.75 | yes |",
			},
		},
		"a target without a peer is for the figure": {
			seen: map[string]rounds{"idle": {gateway: {weight(0.9), weight(1.2), weight(0.8)}}},
			want: []string{"| Memory, idle session |  | ≤ 1 KiB | 0.9 KiB (0.8 KiB–1.2 KiB) | yes |"},
		},
		"a target may be for the gateway beside itself": {
			seen: map[string]rounds{
				"active-100":  {gateway: {cpu(10), cpu(20)}},
				"active-9500": {gateway: {cpu(11), cpu(26)}},
			},
			want: []string{"| CPU, 64 B echo, 95 of 9,500 sessions | switchyard, active-100 | ≤ 1.15 | 1.20 (1.10–1.30) | no |"},
		},
		"an earlier gateway is compared with, and no target": {
			seen: map[string]rounds{"echo-64": {gateway: {cpu(5)}, before: {cpu(10)}}},
			want: []string{"| CPU, 64 B echo, 64 sessions | switchyard-before |  | 0.50 |  |"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			text := reportOfCells(tc.seen).render()
			for _, want := range tc.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
}

func TestAReportWithoutTheGatewayHasNoTargets(t *testing.T) {
	text := reportOf(map[string][]*client.Result{haproxyTCP: {cpu(7)}}).render()
	if strings.Contains(text, "targets") || !strings.Contains(text, "Ratios to HAProxy") {
		t.Errorf("want ratios and no targets in\n%s", text)
	}
	text = reportOf(map[string][]*client.Result{"gorilla": {cpu(7)}}).render()
	if strings.Contains(text, "Ratios to") {
		t.Errorf("ratios to a peer that did not take part in\n%s", text)
	}
}

func TestTheCrowdIsTold(t *testing.T) {
	whole := holding{Held: many, Pinged: many, Ends: map[string]uint64{told: many}, RSS: 90 * kib, PSSPerSession: 9.04, HoldCPU: 0.123, DrainSeconds: 1.5, DrainCPU: 0.75}
	silent, lost, failed := whole, whole, whole
	silent.Pinged--
	lost.Ends = map[string]uint64{told: many - 2, "eof": 2}
	failed.Error = "it fell over"
	tests := map[string]struct {
		crowd *crowd
		want  string
	}{
		"all went well":     {&crowd{Gateways: []holding{whole}}, "| gateway 1 | 9500 | 9500 | 9500 |  | 90 | 9.0 | 12.3 % | 1.5 | 0.75 | yes |"},
		"one was not asked": {&crowd{Gateways: []holding{silent}}, "| gateway 1 | 9500 | 9499 | 9500 |  | 90 | 9.0 | 12.3 % | 1.5 | 0.75 | no |"},
		"two were lost":     {&crowd{Gateways: []holding{whole, lost}}, "| gateway 2 | 9500 | 9500 | 9498 | 2 × eof | 90 | 9.0 | 12.3 % | 1.5 | 0.75 | no |"},
		"a gateway failed":  {&crowd{Gateways: []holding{failed}}, "| it fell over |"},
		"it was skipped":    {&crowd{Skipped: "too few files"}, "Skipped: too few files."},
		"nobody asked":      {nil, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := reportOf(map[string][]*client.Result{gateway: {cpu(1)}})
			r.crowd = tc.crowd
			text := r.render()
			if !strings.Contains(text, tc.want) || strings.Contains(text, "side by side") != (tc.crowd != nil) {
				t.Errorf("no %q in\n%s", tc.want, text)
			}
		})
	}
}

func TestHandshakesThatWereNotResumedAreTold(t *testing.T) {
	result := &client.Result{Handshakes: 1000, Resumed: 800}
	for cell, want := range map[string]bool{"wss-churn-resumed": true, "wss-churn": false} {
		r := reportOfCells(map[string]map[string][]*client.Result{cell: {haproxyTLS: {result}}})
		if told := strings.Contains(r.render(), "resumed in 800 of 1000"); told != want {
			t.Errorf("%s: told %v, want %v", cell, told, want)
		}
	}
}

func TestErrorsAndMissingPeersAreTold(t *testing.T) {
	bad := cpu(9)
	bad.Errors["close_1001"] = 3
	r := reportOf(map[string][]*client.Result{haproxyTCP: {bad}})
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
	r := reportOf(map[string][]*client.Result{haproxyTCP: {cpu(7)}})
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
