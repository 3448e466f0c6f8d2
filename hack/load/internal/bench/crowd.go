package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// sideBySide is the cell of several gateways, which run at the same time
	// with as many sessions each as a process can have here.
	sideBySide = "four-gateways"
	gateways   = 4
	// pingAfter is the silence after which they ping, and heldFor how long they
	// have all their sessions before they are told to stop: time for each to
	// be pinged.
	pingAfter = 2 * time.Second
	heldFor   = 3 * pingAfter
	// patience is how long all of it may take.
	patience = 3 * time.Minute
)

// crowd is what became of several gateways and all their sessions.
type crowd struct {
	// Skipped says why there was none.
	Skipped  string    `json:"skipped,omitempty"`
	Gateways []holding `json:"gateways,omitempty"`
}

// holding is what one of them did.
type holding struct {
	// Held sessions, those of them that were pinged, and what they ended with.
	Held   int               `json:"held"`
	Pinged int               `json:"pinged"`
	Ends   map[string]uint64 `json:"ends"`
	// RSS at the end of the hold, and PSS by session.
	RSS           int64   `json:"rss_kib"`
	PSSPerSession float64 `json:"pss_kib_per_session"`
	// HoldCPU is the share of a core while nothing but pings was to be done;
	// DrainSeconds are from SIGTERM to the end, DrainCPU what that cost.
	HoldCPU      float64 `json:"hold_cpu_share"`
	DrainSeconds float64 `json:"drain_seconds"`
	DrainCPU     float64 `json:"drain_cpu_seconds"`
	Error        string  `json:"error,omitempty"`
}

// told is the end that a drain has for a session (RFC 6455 7.4.1: 1001, "going
// away").
const told = "close_1001"

// met reports whether all sessions were held, pinged and told.
func (h holding) met() bool {
	return h.Error == "" && h.Held == many && h.Pinged == many && h.Ends[told] == many && len(h.Ends) == 1
}

// crowd runs the cell. It has no peers, and so one round is enough.
func (c *comparison) crowd(ctx context.Context) *crowd {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	fmt.Fprintf(c.progress, "%s: %d sessions each\n", sideBySide, many)
	var members []*member
	defer func() {
		for _, m := range members {
			m.stop()
		}
	}()
	for range gateways {
		m := &member{}
		members = append(members, m)
		if err := m.start(ctx, c); err != nil {
			return &crowd{Skipped: err.Error()}
		}
	}
	each := func(step func(*member) error) {
		for _, m := range members {
			if m.seen.Error != "" {
				continue
			}
			if err := errors.Join(ctx.Err(), step(m)); err != nil {
				m.seen.Error = err.Error()
			}
		}
	}
	each(func(m *member) error { return m.fill(c) })
	each((*member).full)
	each((*member).look)
	_ = pause(ctx, heldFor)
	each((*member).weigh)
	each((*member).terminate)
	each((*member).ended)
	seen := &crowd{}
	for _, m := range members {
		seen.Gateways = append(seen.Gateways, m.seen)
	}
	return seen
}

// write renders what was seen.
func (c *crowd) write(b *strings.Builder) {
	if c == nil {
		return
	}
	b.WriteString("## Four gateways side by side\n\n")
	if c.Skipped != "" {
		fmt.Fprintf(b, "Skipped: %s.\n\n", c.Skipped)
		return
	}
	fmt.Fprintf(b, "%d sessions each, idle, pinged after %v of silence; once all are open they are held for %v, then all\n"+
		"gateways get SIGTERM. Memory is resident, and by session proportional; CPU of the hold is the share of a core.\n\n",
		many, pingAfter, heldFor)
	b.WriteString("| | held | pinged | closed with 1001 | ended otherwise | RSS (MiB) | a session (KiB) | CPU, held | drain (s) | CPU, drain (s) | met |\n")
	b.WriteString("|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---|\n")
	for i, h := range c.Gateways {
		verdict := "no"
		if h.met() {
			verdict = "yes"
		}
		fmt.Fprintf(b, "| gateway %d | %d | %d | %d | %s | %.0f | %.1f | %.1f %% | %.1f | %.2f | %s |\n", i+1, h.Held, h.Pinged,
			h.Ends[told], h.otherwise(), float64(h.RSS)/kib, h.PSSPerSession, 100*h.HoldCPU, h.DrainSeconds, h.DrainCPU, verdict)
	}
	b.WriteByte('\n')
}

// otherwise is what did not go as it should.
func (h holding) otherwise() string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(h.Ends)) {
		if kind != told {
			all = append(all, fmt.Sprintf("%d × %s", h.Ends[kind], kind))
		}
	}
	if h.Error != "" {
		all = append(all, h.Error)
	}
	return strings.Join(all, ", ")
}
