package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestCommandLines(t *testing.T) {
	tests := map[string]struct {
		args   []string
		status int
		stderr string
	}{
		"help":                      {[]string{"-h"}, 0, "subprotocol"},
		"help of bench":             {[]string{"bench", "-h"}, 0, "haproxy-tcp"},
		"no URL":                    {nil, 1, "-url is needed"},
		"an argument left over":     {[]string{"-url", "ws://x/", "y"}, 1, `unexpected argument "y"`},
		"a bad mode":                {[]string{"-url", "ws://x/", "-mode", "z"}, 1, `mode is "z"`},
		"a process id that is none": {[]string{"-url", "ws://x/", "-pid", "1,x"}, 1, `"x" is no process id`},
		"serve without a service":   {[]string{"serve"}, 1, "name at least one"},
		"serve of an unknown kind":  {[]string{"serve", "tea=127.0.0.1:0"}, 1, `no service "tea"`},
		"serve without an address":  {[]string{"serve", "echo"}, 1, "not IP:PORT"},
		"bench of nobody":           {[]string{"bench", "-peers", "apache"}, 1, `no peer "apache"`},
		"hold without a URL":        {[]string{"hold"}, 1, "-url is needed"},
		"bench of no such load":     {[]string{"bench", "-cells", "tea"}, 1, `no cell "tea"`},
		"bench without rounds":      {[]string{"bench", "-rounds", "0"}, 1, "want both above 0"},
		"bench with an argument":    {[]string{"bench", "x"}, 1, `unexpected argument "x"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var stderr strings.Builder
			status := run(t.Context(), tc.args, io.Discard, &stderr)
			if status != tc.status || !strings.Contains(stderr.String(), tc.stderr) {
				t.Errorf("status %d, %q; want %d, %q", status, stderr.String(), tc.status, tc.stderr)
			}
		})
	}
}

func TestProcessIDs(t *testing.T) {
	config, err := parseConfig([]string{"-url", "ws://x/", "-pid", "12, 13"}, io.Discard)
	if err != nil || len(config.PIDs) != 2 || config.PIDs[0] != 12 || config.PIDs[1] != 13 {
		t.Errorf("PIDs %v, %v; want 12 and 13", config.PIDs, err)
	}
}

func TestServeAndMeasure(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	served := make(chan int)
	go func() { served <- run(ctx, []string{"serve", "ws-echo=127.0.0.1:0"}, writer, io.Discard) }()
	line := make([]byte, 64)
	n, err := reader.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	kind, address, _ := strings.Cut(strings.TrimSpace(string(line[:n])), " ")
	if kind != "ws-echo" {
		t.Fatalf("serve said %q", line[:n])
	}
	var stdout, stderr strings.Builder
	args := []string{"-url", "ws://" + address + "/", "-sessions", "2", "-warmup", "0s", "-duration", "50ms"}
	if status := run(t.Context(), args, &stdout, &stderr); status != 0 {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	var result map[string]any
	if err := json.Unmarshal([]byte(stdout.String()), &result); err != nil || strings.Count(stdout.String(), "\n") != 1 {
		t.Errorf("not one line of JSON: %v: %s", err, stdout.String())
	}
	cancel()
	if status := <-served; status != 0 {
		t.Errorf("serve ended with %d", status)
	}
}
