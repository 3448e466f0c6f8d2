package bench

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// contender is a peer that takes part.
type contender struct {
	peer
	version string
}

// report is everything that was seen.
type report struct {
	options Options
	machine string
	cells   []cell
	peers   []contender
	missing []string // why some peer does not take part
	samples []sample
	crowd   *crowd // nil: it was not asked for
}

// write renders the report, saves it, and prints it.
func (r *report) write(stdout io.Writer) error {
	text := r.render()
	if err := r.save(text); err != nil {
		return err
	}
	_, err := io.WriteString(stdout, text)
	return err
}

// render is the report as Markdown.
func (r *report) render() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Switchyard beside its peers\n\n%s.\n\n", r.machine)
	fmt.Fprintf(&b, "Median of %d rounds (least–most), %v measured in each. In a round all peers go through a load one\n"+
		"after the other, each freshly started, at saturation: client and services share the cores with them and\n"+
		"nothing is pinned. CPU is user and system time of the peer and its children. Memory is the growth of\n"+
		"their proportional set size by session: user space only, shared pages counted once; that of Caddy and the\n"+
		"bridges, and all of websockify, is of one round. TLS is 1.3 with X25519 and a certificate on P-256. Less is better.\n\n",
		r.options.Rounds, r.options.Time)
	r.table(&b, "Figures", r.valueCell)
	if r.takesPart(haproxyTCP) || r.takesPart(haproxyTLS) {
		r.table(&b, "Ratios to HAProxy: "+haproxyTCP+", over wss "+haproxyTLS, r.ratioCell)
	}
	if r.takesPart(gateway) {
		r.targets(&b)
	}
	r.crowd.write(&b)
	b.WriteString("## Peers\n\n")
	for _, p := range r.peers {
		fmt.Fprintf(&b, "- **%s**: %s; %s\n", p.name, p.version, p.settings)
	}
	for _, m := range r.missing {
		fmt.Fprintf(&b, "- not here: %s\n", m)
	}
	r.notes(&b)
	return b.String()
}

// table has a row for every figure and a column for every peer.
func (r *report) table(b *strings.Builder, title string, content func(cell, figure, string) string) {
	fmt.Fprintf(b, "## %s\n\n| |", title)
	for _, p := range r.peers {
		fmt.Fprintf(b, " %s |", p.name)
	}
	fmt.Fprintf(b, "\n|---|%s\n", strings.Repeat("---:|", len(r.peers)))
	for _, c := range r.cells {
		for _, f := range c.figures {
			fmt.Fprintf(b, "| %s (%s) |", f.title, f.unit)
			for _, p := range r.peers {
				fmt.Fprintf(b, " %s |", content(c, f, p.name))
			}
			b.WriteByte('\n')
		}
	}
	b.WriteByte('\n')
}

func (r *report) valueCell(c cell, f figure, peer string) string {
	return spread(slices.Collect(maps.Values(r.values(c.name, f, peer))), f.format)
}

func (r *report) ratioCell(c cell, f figure, peer string) string {
	reference := haproxyTCP
	if c.tls {
		reference = haproxyTLS
	}
	return spread(ratios(r.values(c.name, f, peer), r.values(c.name, f, reference)), twoDigits)
}

// notes tells of everything that did not go as it should.
func (r *report) notes(b *strings.Builder) {
	var lines []string
	for _, s := range r.samples {
		where := fmt.Sprintf("round %d, %s, %s", s.Round, s.Cell, s.Peer)
		if s.Error != "" {
			lines = append(lines, fmt.Sprintf("- %s: %s", where, s.Error))
		}
		if s.Result == nil {
			continue
		}
		// Those under way at an end of the window count on one side only.
		if n, all := s.Result.Resumed, s.Result.Handshakes; r.resumes(s.Cell) && n < all*9/10 {
			lines = append(lines, fmt.Sprintf("- %s: TLS was resumed in %d of %d handshakes", where, n, all))
		}
		for _, kind := range slices.Sorted(maps.Keys(s.Result.Errors)) {
			lines = append(lines, fmt.Sprintf("- %s: %d × %s", where, s.Result.Errors[kind], kind))
		}
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "\n## Errors\n\n%s\n", strings.Join(lines, "\n"))
	}
}

// resumes reports whether a cell is one of resumed TLS sessions.
func (r *report) resumes(name string) bool {
	return slices.ContainsFunc(r.cells, func(c cell) bool { return c.name == name && c.resume })
}

// takesPart reports whether a peer of that name was measured.
func (r *report) takesPart(name string) bool {
	return slices.ContainsFunc(r.peers, func(p contender) bool { return p.name == name })
}

// values are a peer's figures by round; a round that gave none is left out.
func (r *report) values(cell string, f figure, peer string) map[int]float64 {
	values := make(map[int]float64)
	for _, s := range r.samples {
		if s.Cell != cell || s.Peer != peer || s.Result == nil {
			continue
		}
		if v := f.value(s.Result); v > 0 {
			values[s.Round] = v
		}
	}
	return values
}

// ratios are figures over others, each of one round.
func ratios(above, below map[int]float64) []float64 {
	var all []float64
	for round, v := range above {
		if below[round] > 0 {
			all = append(all, v/below[round])
		}
	}
	return all
}

// spread is "median (least–most)" of values; a dash where there are none.
func spread(values []float64, format func(float64) string) string {
	if len(values) == 0 {
		return "–"
	}
	slices.Sort(values)
	middle := median(values)
	if len(values) == 1 {
		return format(middle)
	}
	return fmt.Sprintf("%s (%s–%s)", format(middle), format(values[0]), format(values[len(values)-1]))
}

// median of sorted values, of which there is at least one.
func median(sorted []float64) float64 {
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

func twoDigits(v float64) string { return fmt.Sprintf("%.2f", v) }
