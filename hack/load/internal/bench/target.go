package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// row is a target and what was measured. Values are ratios, or where the
// target has no peer the gateway's own figures.
type row struct {
	work, against, target string
	values                []float64
	format                func(float64) string
	// met says whether a median is good enough; nil: there is nothing to meet.
	met func(median float64) bool
}

// targets are what the gateway is to reach, and what it did.
func (r *report) targets(b *strings.Builder) {
	var set, rest []row
	for _, c := range r.cells {
		for _, f := range c.figures {
			for _, t := range f.targets {
				set = append(set, r.row(c, f, t))
			}
			for _, p := range r.peers {
				if (p.outdone || p.name == before) && c.takes(p.peer) {
					rest = append(rest, r.comparison(c, f, p.peer))
				}
			}
		}
	}
	rowsOf(b, "Switchyard's targets", set)
	rowsOf(b, "Switchyard and the rest", rest)
}

// row is what f came to in c, beside t.
func (r *report) row(c cell, f figure, t target) row {
	own := r.values(c.name, f, gateway)
	if t.peer == "" {
		return row{
			work: f.title, target: fmt.Sprintf("≤ %g %s", t.atMost, f.unit),
			values: slices.Collect(maps.Values(own)), format: func(v float64) string { return f.format(v) + " " + f.unit },
			met: func(v float64) bool { return v <= t.atMost },
		}
	}
	where, against := c.name, t.peer
	if t.cell != "" {
		where, against = t.cell, t.peer+", "+t.cell
	}
	return row{
		work: f.title, against: against, target: fmt.Sprintf("≤ %.2f", t.atMost),
		values: ratios(own, r.values(where, f, t.peer)), format: twoDigits,
		met: func(v float64) bool { return v <= t.atMost },
	}
}

// comparison is f beside that of a peer that is to be outdone, or of an earlier
// gateway.
func (r *report) comparison(c cell, f figure, p peer) row {
	compared := row{
		work: f.title, against: p.name, format: twoDigits,
		values: ratios(r.values(c.name, f, gateway), r.values(c.name, f, p.name)),
	}
	if p.outdone {
		compared.target, compared.met = "< 1", func(v float64) bool { return v < 1 }
	}
	return compared
}

// rowsOf is a table of rows, and how many of them are met.
func rowsOf(b *strings.Builder, title string, rows []row) {
	if len(rows) == 0 {
		return
	}
	var met, measured int
	var table strings.Builder
	for _, row := range rows {
		verdict := ""
		switch {
		case row.met == nil:
		case len(row.values) == 0:
			verdict = "not measured"
		default:
			slices.Sort(row.values)
			measured++
			if verdict = "no"; row.met(median(row.values)) {
				verdict = "yes"
				met++
			}
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", row.work, row.against, row.target, spread(row.values, row.format), verdict)
	}
	fmt.Fprintf(b, "## %s\n\n%d of %d that were measured are met; medians count. Beside a peer it is the ratio, round by round.\n\n", title, met, measured)
	fmt.Fprintf(b, "| work | against | target | measured | met |\n|---|---|---:|---:|---|\n%s\n", &table)
}
