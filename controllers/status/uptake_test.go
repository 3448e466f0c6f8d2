package status

import (
	"testing"
	"time"

	"switchyard.dev/controllers/xds"
)

func TestUptake(t *testing.T) {
	const digest = "new"
	took := func(pod, d string) xds.Report { return xds.Report{Pod: pod, Digest: d} }
	refused := func(pod, d string) xds.Report {
		return xds.Report{Pod: pod, Digest: "old", Refused: d, Refusal: "port 80 is taken"}
	}
	tests := map[string]struct {
		age     time.Duration
		reports []xds.Report
		want    Uptake
		again   time.Duration
	}{
		"all have taken it": {reports: []xds.Report{took("a", digest), took("b", digest)}, want: Uptake{Taken: true}},
		"one is about to":   {reports: []xds.Report{took("a", digest), took("b", "old")}, again: Patience},
		"one takes long": {
			age: Patience, reports: []xds.Report{took("a", digest), took("b", "old")},
			want: Uptake{Reason: "Pending", Message: "1 of 2 connected gateways have not taken the configuration yet"},
		},
		"nobody is connected yet": {age: Patience / 2, again: Patience / 2},
		"nobody connects":         {age: Patience, want: Uptake{Reason: "Pending", Message: "no gateway is connected"}},
		"one refuses it": {
			reports: []xds.Report{took("a", digest), refused("b", digest)},
			want: Uptake{
				Reason:  "Invalid",
				Message: "gateway b refuses the configuration and serves what it had before: port 80 is taken",
			},
		},
		"one has refused an older one": {reports: []xds.Report{refused("a", "older")}, again: Patience},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			since := now.Time
			got, again := UptakeOf(digest, since, since.Add(tc.age), tc.reports)
			if got != tc.want || again != tc.again {
				t.Errorf("got %+v and %v, want %+v and %v", got, again, tc.want, tc.again)
			}
		})
	}
}

func TestWhatCouldNotBeSentIsNotTaken(t *testing.T) {
	u, _ := UptakeOf("", now.Time, now.Add(Patience), []xds.Report{{Pod: "a"}})
	if u.Taken || u.Reason != "Pending" {
		t.Errorf("got %+v", u)
	}
}
