package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"switchyard.dev/hack/load/internal/client"
)

const (
	// warmup passes before every measured window.
	warmup = 300 * time.Millisecond
	// idleTime replaces Options.Time where nothing is counted over time.
	idleTime = 500 * time.Millisecond
	// openTimeout bounds the opening of a cell's sessions.
	openTimeout = 30 * time.Second
)

// Options say what to compare, and how long.
type Options struct {
	// Time is measured in every cell, Rounds times.
	Time   time.Duration
	Rounds int
	// Peers by name; none: all that are installed.
	Peers []string
	// Bin is where the build puts the gateway and the bridge.
	Bin string
	// Out is a folder for latest.md and latest.json.
	Out string
	// Load is this program, started again for the services.
	Load string
}

// sample is one cell of one peer in one round.
type sample struct {
	Round  int            `json:"round"`
	Cell   string         `json:"cell"`
	Peer   string         `json:"peer"`
	Result *client.Result `json:"result,omitempty"`
	Error  string         `json:"error,omitempty"`
}

// Run compares, writes the report to stdout and both files to Options.Out,
// and tells on progress how far it is. A peer that is missing or fails is
// noted in the report; only what prevents the comparison is an error.
func Run(ctx context.Context, o Options, stdout, progress io.Writer) error {
	chosen, err := choose(o.Peers)
	if err != nil {
		return err
	}
	report := &report{options: o, machine: describeMachine(), cells: cells()}
	programs := make(map[string]string)
	for _, p := range chosen {
		program, err := p.path(o.Bin)
		if err != nil {
			report.missing = append(report.missing, fmt.Sprintf("%s: %v", p.name, err))
			continue
		}
		programs[p.name] = program
		report.peers = append(report.peers, contender{peer: p, version: p.versionOf(program)})
	}
	c := &comparison{options: o, programs: programs, progress: progress, report: report}
	if err := c.run(ctx); err != nil {
		return err
	}
	return report.write(stdout)
}

// comparison is a run under way.
type comparison struct {
	options  Options
	programs map[string]string
	services map[string]netip.AddrPort
	progress io.Writer
	report   *report
}

// run goes through the rounds: every peer through one cell, then the next
// cell, so that what a ratio compares was measured within seconds.
func (c *comparison) run(ctx context.Context) error {
	stop, err := c.serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for round := range c.options.Rounds {
		for _, cell := range c.report.cells {
			for _, p := range c.report.peers {
				if p.sessions > 0 && p.sessions < cell.sessions && !cell.few {
					continue
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				c.take(ctx, round, cell, p.peer)
			}
		}
	}
	return ctx.Err()
}

// serve starts the services, all in one process that is not measured.
func (c *comparison) serve(ctx context.Context) (stop func(), err error) {
	kinds := []string{"echo", "sink", "source", "ws-echo", "ws-sink", "ws-source"}
	cmd := exec.Command(c.options.Load, "serve")
	for _, kind := range kinds {
		cmd.Args = append(cmd.Args, kind+"=127.0.0.1:0")
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	cmd.Stdout = writer
	services, err := launch("services", cmd)
	_ = writer.Close()
	if err != nil {
		return nil, err
	}
	c.services = make(map[string]netip.AddrPort)
	lines := bufio.NewScanner(reader)
	for range kinds {
		lines.Scan()
		kind, text, _ := strings.Cut(lines.Text(), " ")
		address, err := netip.ParseAddrPort(text)
		if err != nil {
			services.stop()
			return nil, fmt.Errorf("services: %q says no address: %s", lines.Text(), services.said)
		}
		c.services[kind] = address
	}
	return services.stop, nil
}

// take measures one cell of one peer and keeps what was seen.
func (c *comparison) take(ctx context.Context, round int, cell cell, p peer) {
	s := sample{Round: round + 1, Cell: cell.name, Peer: p.name}
	result, err := c.measure(ctx, cell, p)
	s.Result = result
	if err != nil {
		s.Error = err.Error()
	}
	c.report.samples = append(c.report.samples, s)
	fmt.Fprintf(c.progress, "round %d of %d  %-10s %-13s", s.Round, c.options.Rounds, cell.name, p.name)
	for _, f := range cell.figures {
		if result != nil {
			fmt.Fprintf(c.progress, " %s %s", f.format(f.value(result)), f.unit)
		}
	}
	fmt.Fprintln(c.progress, " ", s.Error)
}

// measure starts a fresh p, loads it, and stops it.
func (c *comparison) measure(ctx context.Context, cell cell, p peer) (*client.Result, error) {
	dir, err := os.MkdirTemp("", "bench-"+p.name+"-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	backend := cell.backend
	if p.webSocket {
		backend = "ws-" + backend
	}
	setting, err := newSetting(dir, c.services[backend], runtime.NumCPU())
	if err != nil {
		return nil, err
	}
	cmd, err := p.command(c.programs[p.name], setting)
	if err != nil {
		return nil, err
	}
	running, err := launch(p.name, cmd)
	if err != nil {
		return nil, err
	}
	defer running.stop()
	if err := running.listening(ctx, setting.Listen); err != nil {
		return nil, err
	}
	return client.Run(ctx, c.config(cell, p, setting.Listen, running.pid()))
}

// config is the load of a cell for p.
func (c *comparison) config(cell cell, p peer, listen netip.AddrPort, pid int) client.Config {
	config := client.Config{
		URL:         "ws://" + listen.String() + "/",
		Subprotocol: p.subprotocol,
		Sessions:    cell.sessions,
		Mode:        cell.mode,
		Size:        cell.size,
		Active:      1,
		Warmup:      warmup,
		Duration:    c.options.Time,
		OpenTimeout: openTimeout,
		PIDs:        []int{pid},
	}
	if p.sessions > 0 {
		config.Sessions = min(config.Sessions, p.sessions)
	}
	if cell.mode == client.Idle {
		config.Duration = idleTime
	}
	return config
}

// save writes the samples and the text beside each other.
func (r *report) save(text string) error {
	if err := os.MkdirAll(r.options.Out, 0o755); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(r.samples, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.options.Out, "latest.json"), append(raw, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.options.Out, "latest.md"), []byte(text), 0o644)
}
