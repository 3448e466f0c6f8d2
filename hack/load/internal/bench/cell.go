// Package bench runs the gateway and its peers through the same loads, in
// turns, and writes what was seen as a table. It judges nothing: figures of
// time depend on the machine.
package bench

import (
	"fmt"

	"switchyard.dev/hack/load/internal/client"
)

// cell is one load; every peer goes through it once a round.
type cell struct {
	name     string
	mode     client.Mode
	backend  string // echo, sink or source
	sessions int
	size     int
	// few: a peer that cannot have so many sessions takes part with as many
	// as it can; otherwise it sits out.
	few     bool
	figures []figure
}

// figure is one row of the table, taken from a cell's result. Less is better.
type figure struct {
	title  string
	unit   string
	digits int
	// value is zero where the result does not tell.
	value func(*client.Result) float64
	// The gateway's first targets: atMost for its own figure, in unit; toHAProxy
	// and toGorilla for its ratios. Zero: none.
	atMost, toHAProxy, toGorilla float64
}

const (
	kib = 1 << 10
	// small and large are the messages of the echo loads.
	small = 64
	large = 16 * kib
	// First targets: CPU against HAProxy in TCP mode, KiB of an idle session,
	// and CPU and memory against the gorilla bridge.
	echoTarget    = 1.1
	bulkTarget    = 1.2
	idleTarget    = 9
	gorillaTarget = 0.5
)

// cells are the loads, in the order of the table.
func cells() []cell {
	return []cell{
		{
			name: "echo-64", mode: client.Echo, backend: "echo", sessions: 64, size: small,
			figures: []figure{cpuPerEcho("64 B echo, 64 sessions", echoTarget), p99("64 B echo, 64 sessions")},
		},
		{
			name: "echo-1000", mode: client.Echo, backend: "echo", sessions: 1000, size: small,
			figures: []figure{cpuPerEcho("64 B echo, 1,000 sessions", echoTarget), p99("64 B echo, 1,000 sessions")},
		},
		{
			name: "echo-16k", mode: client.Echo, backend: "echo", sessions: 64, size: large,
			figures: []figure{cpuPerEcho("16 KiB echo, 64 sessions", 0)},
		},
		{
			name: "upload", mode: client.Upload, backend: "sink", sessions: 32, size: large,
			figures: []figure{cpuPerGB("upload, 16 KiB messages, 32 sessions")},
		},
		{
			name: "download", mode: client.Download, backend: "source", sessions: 32, size: large,
			figures: []figure{cpuPerGB("download, 32 sessions")},
		},
		{
			name: "idle", mode: client.Idle, backend: "echo", sessions: 5000, size: small, few: true,
			figures: []figure{{
				title: "Memory, idle session", unit: "KiB", digits: 1, atMost: idleTarget, toGorilla: gorillaTarget,
				value: fromProcess(func(p *client.Process) float64 { return p.PSSPerSession / kib }),
			}},
		},
		{
			name: "churn", mode: client.Churn, backend: "echo", sessions: 16, size: small,
			figures: []figure{{
				title: "CPU, handshake and close", unit: "µs", digits: 1, toGorilla: gorillaTarget,
				value: fromProcess(func(p *client.Process) float64 { return p.CPUPerHandshake }),
			}},
		},
	}
}

func cpuPerEcho(what string, toHAProxy float64) figure {
	return figure{
		title: "CPU, " + what, unit: "µs", digits: 1, toHAProxy: toHAProxy, toGorilla: gorillaTarget,
		value: fromProcess(func(p *client.Process) float64 { return p.CPUPerMessage }),
	}
}

func cpuPerGB(what string) figure {
	return figure{
		title: "CPU a GB, " + what, unit: "s", digits: 3, toHAProxy: bulkTarget, toGorilla: gorillaTarget,
		value: fromProcess(func(p *client.Process) float64 { return p.CPUPerGB }),
	}
}

func p99(what string) figure {
	return figure{
		title: "p99 latency, " + what, unit: "µs", digits: 0,
		value: func(r *client.Result) float64 {
			if r.Latency == nil {
				return 0
			}
			return r.Latency.P99
		},
	}
}

func fromProcess(value func(*client.Process) float64) func(*client.Result) float64 {
	return func(r *client.Result) float64 {
		if r.Process == nil {
			return 0
		}
		return value(r.Process)
	}
}

// format writes a value of f, in f's unit but without it.
func (f figure) format(v float64) string { return fmt.Sprintf("%.*f", f.digits, v) }
