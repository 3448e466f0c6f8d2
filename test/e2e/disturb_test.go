package e2e

import (
	"context"
	"testing"
	"time"

	"switchyard.dev/test/e2e/crowd"
)

const (
	crowdSize = 300
	// visitEvery is how often somebody new comes in while something is done.
	visitEvery = 50 * time.Millisecond
	// maxShown bounds what is printed of what went wrong.
	maxShown = 5
)

// pace is that of the crowd and of visitors.
var pace = crowd.Pace{Pause: 500 * time.Millisecond}

// disturb does something to the installation while the crowd is there and
// visitors come in as the crowd did. must is asked once it is done.
func (i *installation) disturb(t *testing.T, scenario string, do func(), must ends) row {
	t.Helper()
	return i.observe(t, scenario, i.entrances(), do, must)
}

// observe does something while the crowd is there and visitors come in, and holds
// what became of them against what had to. No visitor may be turned away.
func (i *installation) observe(t *testing.T, scenario string, visitors []crowd.Entrance, do func(), must ends) row {
	t.Helper()
	before := i.places(t)
	i.settleAccounts(t)
	door := crowd.OpenDoor(visitEvery, pace, visitors...)
	t.Cleanup(func() { door.Close() })
	begun := time.Now()
	do()
	report, err := i.reportOnceOver(t, before, must)
	visits := door.Close()

	closed, wrong := judge(before, report, must)
	turnedAway := append(report.Failures, visits.Failures...)
	result := row{
		scenario: scenario, held: len(report.Held), closed: closed, lost: len(wrong),
		served: visits.Served, turnedAway: len(turnedAway), slowest: visits.Slowest, took: time.Since(begun),
	}
	i.board = append(i.board, result)
	t.Logf("%v", board{result})
	if err != nil {
		t.Error(err)
	}
	if visits.Served == 0 {
		t.Error("no visitor was served")
	}
	complain(t, "sessions lost, or ended that need not, or not with the right code", wrong)
	complain(t, "handshakes failed, or visitors were not served", turnedAway)
	return result
}

// wantSome fails the test where what was done concerned no session: it has
// shown nothing then.
func (r row) wantSome(t *testing.T) {
	t.Helper()
	if r.closed == 0 {
		t.Error("no session was where something was done")
	}
}

// settleAccounts fails the test where something became of the crowd before
// anything was done to it.
func (i *installation) settleAccounts(t *testing.T) {
	t.Helper()
	report, err := i.report(t)
	if err != nil || len(report.Held) != crowdSize {
		t.Fatalf("before anything is done, %d of %d sessions are held, %d have ended: %v", len(report.Held), crowdSize, len(report.Endings), err)
	}
}

// reportOnceOver waits until those have ended that must: a pod is forgotten
// before its last process is gone. Who is there at the end of patience is in the
// report.
func (i *installation) reportOnceOver(t *testing.T, before map[string]place, must ends) (crowd.Report, error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	all, err := i.report(t)
	for err == nil && len(overdue(before, all.Held, must)) > 0 && time.Now().Before(deadline) {
		var next crowd.Report
		next, err = i.report(t)
		all = all.Then(next)
	}
	return all, err
}

func (i *installation) report(t *testing.T) (crowd.Report, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return i.crowd.Report(ctx)
}

// complain fails the test where there are faults, and shows some.
func complain(t *testing.T, what string, faults []error) {
	t.Helper()
	if len(faults) == 0 {
		return
	}
	t.Errorf("%d %s:", len(faults), what)
	for _, err := range faults[:min(maxShown, len(faults))] {
		t.Errorf("  %v", err)
	}
}
