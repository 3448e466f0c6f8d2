package bench

import (
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
	// idleTime replaces Options.Time where nothing is counted over time: who gives
	// back the memory that opening took has had the time to.
	idleTime = 3 * time.Second
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
	// Cells by name; none: all.
	Cells []string
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
	loads, err := selectNames("cell", o.Cells, CellNames())
	if err != nil {
		return err
	}
	report := &report{options: o, machine: describeMachine()}
	for _, cell := range cells() {
		if loads.has(cell.name) {
			report.cells = append(report.cells, cell)
		}
	}
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
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	id, err := newIdentity(dir)
	if err != nil {
		return err
	}
	c := &comparison{
		options: o, sideBySide: loads.has(sideBySide), programs: programs, identity: id,
		progress: progress, report: report,
	}
	if err := c.run(ctx); err != nil {
		return err
	}
	return report.write(stdout)
}

// comparison is a run under way.
type comparison struct {
	options    Options
	sideBySide bool // many gateways are asked for too
	programs   map[string]string
	identity   *identity
	services   map[string]netip.AddrPort
	progress   io.Writer
	report     *report
}

// run goes through the rounds: every peer through one cell, then the next
// cell, so that what a ratio compares was measured within seconds.
func (c *comparison) run(ctx context.Context) error {
	stop, err := c.serve()
	if err != nil {
		return err
	}
	defer stop()
	for round := range c.options.Rounds {
		for _, cell := range c.report.cells {
			for _, p := range c.report.peers {
				if !cell.takes(p.peer) || round > 0 && !cell.again(p.peer) {
					continue
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				c.take(ctx, round, cell, p.peer)
			}
		}
	}
	if c.sideBySide && c.report.takesPart(gateway) {
		c.report.crowd = c.crowd(ctx)
	}
	return ctx.Err()
}

// serve starts the services, all in one process that is not measured.
func (c *comparison) serve() (stop func(), err error) {
	c.services, stop, err = serve(c.options.Load, "echo", "sink", "source", "ws-echo", "ws-sink", "ws-source")
	return stop, err
}

// serve starts services of those kinds in one process of the load generator.
func serve(load string, kinds ...string) (services map[string]netip.AddrPort, stop func(), err error) {
	cmd := exec.Command(load, "serve")
	for _, kind := range kinds {
		cmd.Args = append(cmd.Args, kind+"=127.0.0.1:0")
	}
	running, err := launchSpeaker("services", cmd)
	if err != nil {
		return nil, nil, err
	}
	services = make(map[string]netip.AddrPort)
	for range kinds {
		kind, text, _ := strings.Cut(running.line(), " ")
		address, err := netip.ParseAddrPort(text)
		if err != nil {
			running.stop()
			return nil, nil, fmt.Errorf("services: %q says no address: %s", text, running.said)
		}
		services[kind] = address
	}
	return services, running.stop, nil
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
	fmt.Fprintf(c.progress, "round %d of %d  %-17s %-15s", s.Round, c.options.Rounds, cell.name, p.name)
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
	if err := setting.fits(cell.sessions); err != nil {
		return nil, err
	}
	if cell.tls {
		setting.TLS = c.identity
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
		// The certificate is this run's own.
		Insecure: true,
		Resume:   cell.resume,
	}
	if cell.tls {
		config.URL = "wss://" + listen.String() + "/"
	}
	if cell.talkers > 0 {
		config.Active = float64(cell.talkers) / float64(cell.sessions)
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
	raw, err := json.MarshalIndent(map[string]any{"samples": r.samples, sideBySide: r.crowd}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.options.Out, "latest.json"), append(raw, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.options.Out, "latest.md"), []byte(text), 0o644)
}
