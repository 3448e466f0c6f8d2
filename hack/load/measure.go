package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"switchyard.dev/hack/load/internal/client"
)

// measure is one run; its result is one line of JSON.
func measure(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	config, err := parseConfig(args, stderr)
	if err != nil {
		return err
	}
	result, err := client.Run(ctx, config)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(result)
}

// hold keeps sessions until the server ends them. A line says how many are
// open, and one of JSON in the end what became of them.
func hold(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	config, err := parseConfig(args, stderr)
	if err != nil {
		return err
	}
	result, err := client.Hold(ctx, config, func(held int) { fmt.Fprintln(stdout, "held", held) })
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(result)
}

// parseConfig reads the flags of a run.
func parseConfig(args []string, stderr io.Writer) (client.Config, error) {
	config := client.Config{Mode: client.Echo}
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&config.URL, "url", "", "`ws://…` or wss://… to open sessions with")
	flags.StringVar(&config.Subprotocol, "subprotocol", "", "subprotocol to offer; the server must choose it")
	flags.IntVar(&config.Sessions, "sessions", 64, "sessions at once")
	flags.Func("mode", "echo (default), upload, download, idle or churn", func(s string) error {
		config.Mode = client.Mode(s)
		return nil
	})
	flags.IntVar(&config.Size, "size", 64, "payload of a message in `bytes`")
	flags.Float64Var(&config.Active, "active", 1, "share of the sessions that talk in echo mode")
	flags.DurationVar(&config.Duration, "duration", 3*time.Second, "what is measured")
	flags.DurationVar(&config.Warmup, "warmup", 500*time.Millisecond, "what passes before that")
	flags.DurationVar(&config.OpenTimeout, "open-timeout", time.Minute, "until all sessions are open")
	flags.Float64Var(&config.ConnectRate, "connect-rate", 0, "sessions opened a `second`; 0: as fast as they are taken")
	flags.Func("pid", "`PID[,PID…]` of the server: its CPU time and memory are measured, its children's too", func(s string) error {
		var err error
		config.PIDs, err = parsePIDs(s)
		return err
	})
	flags.BoolVar(&config.Insecure, "insecure", false, "take any certificate")
	flags.BoolVar(&config.Resume, "resume", false, "resume TLS sessions; otherwise every handshake is done in full")
	flags.BoolVar(&config.Verify, "verify", false, "compare every byte that comes back, not only the ends of each piece")
	if err := flags.Parse(args); err != nil {
		return config, err
	}
	if flags.NArg() > 0 {
		return config, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if config.URL == "" {
		return config, errors.New("-url is needed")
	}
	return config, config.Validate()
}

// parsePIDs reads a comma-separated list.
func parsePIDs(s string) ([]int, error) {
	var pids []int
	for field := range strings.SplitSeq(s, ",") {
		pid, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || pid <= 0 {
			return nil, fmt.Errorf("%q is no process id", field)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
