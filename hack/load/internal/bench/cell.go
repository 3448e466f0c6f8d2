// Package bench runs the gateway and its peers through the same loads, in
// turns, and writes what was seen as a table, with the gateway's targets. It
// fails nobody: figures of time depend on the machine.
package bench

import (
	"fmt"
	"slices"

	"switchyard.dev/hack/load/internal/client"
)

// cell is one load; every peer that can goes through it once a round.
type cell struct {
	name     string
	mode     client.Mode
	backend  string // echo, sink or source
	sessions int
	size     int
	// talkers are those of the sessions that talk; 0: all.
	talkers int
	// tls: over wss. resume: with the ticket of an earlier session.
	tls, resume bool
	// few: a peer that cannot have so many sessions takes part with as many
	// as it can; otherwise it sits out.
	few bool
	// peers are the only ones that take part; nil: all.
	peers   []string
	figures []figure
}

// takes reports whether p goes through c.
func (c cell) takes(p peer) bool {
	switch {
	case c.tls && !p.wss, !c.tls && !p.ws:
		return false
	case c.peers != nil && !slices.Contains(c.peers, p.name):
		return false
	case p.cells != nil && !slices.Contains(p.cells, c.name):
		return false
	}
	return p.sessions == 0 || p.sessions >= c.sessions || c.few
}

// again reports whether p goes through c in every round and not in the first
// alone. Of peers that are to be outdone, what takes long and hardly varies is
// measured once: their memory, and whatever has a process for every session.
func (c cell) again(p peer) bool {
	return !p.outdone || c.mode != client.Idle && p.sessions == 0
}

// figure is one row of the table, taken from a cell's result. Less is better.
type figure struct {
	title  string
	unit   string
	digits int
	// value is zero where the result does not tell.
	value   func(*client.Result) float64
	targets []target
}

// target is what the gateway's figure is to be at most: a multiple of a
// peer's, each round of its own, or where there is no peer a value.
type target struct {
	peer string
	// cell is where the peer's figure is from; empty: the same.
	cell   string
	atMost float64
}

const (
	kib = 1 << 10
	// small and large are the messages of the echo loads.
	small = 64
	large = 16 * kib
	// few and many are sessions of which as many talk: 1 % of the many.
	few, many, talkers = 100, 9_500, 95
)

// cells are the loads, in the order of the table.
func cells() []cell {
	return slices.Concat(plainCells(), secureCells(), []cell{
		{
			name: "active-100", mode: client.Echo, backend: "echo", sessions: few, size: small, talkers: talkers,
			peers:   []string{gateway, before},
			figures: []figure{cpuPerEcho("64 B echo, 95 of 100 sessions")},
		},
		{
			name: "active-9500", mode: client.Echo, backend: "echo", sessions: many, size: small, talkers: talkers,
			peers: []string{gateway, before},
			figures: []figure{cpuPerEcho("64 B echo, 95 of 9,500 sessions",
				target{peer: gateway, cell: "active-100", atMost: 1.15})},
		},
	})
}

// plainCells are those over ws.
func plainCells() []cell {
	return []cell{
		{
			name: "echo-64", mode: client.Echo, backend: "echo", sessions: 64, size: small,
			figures: []figure{
				cpuPerEcho("64 B echo, 64 sessions", target{peer: haproxyTCP, atMost: 0.9}, target{peer: nginx, atMost: 1}),
				p99("64 B echo, 64 sessions", target{peer: haproxyTCP, atMost: 1}),
			},
		},
		{
			name: "echo-1000", mode: client.Echo, backend: "echo", sessions: 1000, size: small,
			figures: []figure{
				cpuPerEcho("64 B echo, 1,000 sessions", target{peer: haproxyTCP, atMost: 0.8}, target{peer: nginx, atMost: 0.9}),
				p99("64 B echo, 1,000 sessions", target{peer: haproxyTCP, atMost: 1}),
			},
		},
		{
			name: "echo-16k", mode: client.Echo, backend: "echo", sessions: 64, size: large,
			figures: []figure{cpuPerEcho("16 KiB echo, 64 sessions",
				target{peer: haproxyTCP, atMost: 0.55}, target{peer: haproxy64k, atMost: 0.9})},
		},
		{
			name: "upload", mode: client.Upload, backend: "sink", sessions: 32, size: large,
			figures: []figure{cpuPerGB("upload, 16 KiB messages, 32 sessions",
				target{peer: haproxyTCP, atMost: 0.75}, target{peer: haproxy64k, atMost: 1})},
		},
		{
			name: "download", mode: client.Download, backend: "source", sessions: 32, size: large,
			figures: []figure{cpuPerGB("download, 32 sessions",
				target{peer: haproxyTCP, atMost: 0.4}, target{peer: haproxy64k, atMost: 0.6})},
		},
		{
			name: "idle", mode: client.Idle, backend: "echo", sessions: 5000, size: small, few: true,
			figures: []figure{memory("idle session", target{atMost: 1})},
		},
		{
			name: "churn", mode: client.Churn, backend: "echo", sessions: 16, size: small,
			figures: []figure{cpuPerHandshake("handshake and close", target{peer: haproxyHTTP, atMost: 1})},
		},
	}
}

// secureCells are those over wss.
func secureCells() []cell {
	return []cell{
		{
			name: "wss-echo-64", mode: client.Echo, backend: "echo", sessions: 64, size: small, tls: true,
			figures: []figure{cpuPerEcho("64 B echo over wss, 64 sessions", target{peer: haproxyTLS, atMost: 0.75})},
		},
		{
			name: "wss-echo-16k", mode: client.Echo, backend: "echo", sessions: 64, size: large, tls: true,
			figures: []figure{cpuPerEcho("16 KiB echo over wss, 64 sessions", target{peer: haproxyTLS, atMost: 0.65})},
		},
		{
			name: "wss-idle", mode: client.Idle, backend: "echo", sessions: 5000, size: small, few: true, tls: true,
			figures: []figure{memory("idle session over wss", target{atMost: 6})},
		},
		{
			name: "wss-churn", mode: client.Churn, backend: "echo", sessions: 16, size: small, tls: true,
			figures: []figure{cpuPerHandshake("handshake and close over wss, TLS in full", target{peer: haproxyTLS, atMost: 1})},
		},
		{
			name: "wss-churn-resumed", mode: client.Churn, backend: "echo", sessions: 16, size: small, tls: true, resume: true,
			figures: []figure{cpuPerHandshake("handshake and close over wss, TLS resumed", target{peer: haproxyTLS, atMost: 1})},
		},
	}
}

func cpuPerEcho(what string, targets ...target) figure {
	return figure{
		title: "CPU, " + what, unit: "µs", digits: 1, targets: targets,
		value: fromProcess(func(p *client.Process) float64 { return p.CPUPerMessage }),
	}
}

func cpuPerGB(what string, targets ...target) figure {
	return figure{
		title: "CPU a GB, " + what, unit: "s", digits: 3, targets: targets,
		value: fromProcess(func(p *client.Process) float64 { return p.CPUPerGB }),
	}
}

func cpuPerHandshake(what string, targets ...target) figure {
	return figure{
		title: "CPU, " + what, unit: "µs", digits: 1, targets: targets,
		value: fromProcess(func(p *client.Process) float64 { return p.CPUPerHandshake }),
	}
}

func memory(what string, targets ...target) figure {
	return figure{
		title: "Memory, " + what, unit: "KiB", digits: 1, targets: targets,
		value: fromProcess(func(p *client.Process) float64 { return p.PSSPerSession / kib }),
	}
}

func p99(what string, targets ...target) figure {
	return figure{
		title: "p99 latency, " + what, unit: "µs", digits: 0, targets: targets,
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
