package e2e

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// row is what one scenario cost the clients.
type row struct {
	scenario           string
	held, closed, lost int
	served, turnedAway int
	slowest, took      time.Duration
}

// board is the rows of all scenarios.
type board []row

// String is a table.
func (b board) String() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "held\tclosed properly\tlost\tvisitors served\tturned away\tslowest\ttook\t  scenario")
	for _, r := range b {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%v\t%v\t  %s\n", r.held, r.closed, r.lost, r.served, r.turnedAway,
			r.slowest.Round(time.Millisecond), r.took.Round(time.Second), r.scenario)
	}
	_ = w.Flush()
	return out.String()
}
