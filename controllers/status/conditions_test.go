package status

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var (
	longAgo = metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	now     = metav1.NewTime(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
)

func said(kind string, status metav1.ConditionStatus, generation int64, at metav1.Time) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: kind, ObservedGeneration: generation, LastTransitionTime: at}
}

func TestConditionsAreMerged(t *testing.T) {
	const yes, no = metav1.ConditionTrue, metav1.ConditionFalse
	tests := map[string]struct {
		before, want, after []metav1.Condition
		owned               func(string) bool
	}{
		"a new one is of now": {
			want:  []metav1.Condition{said("Accepted", yes, 1, metav1.Time{})},
			after: []metav1.Condition{said("Accepted", yes, 1, now)},
		},
		"one that keeps its status keeps its time": {
			before: []metav1.Condition{said("Accepted", yes, 1, longAgo)},
			want:   []metav1.Condition{said("Accepted", yes, 2, metav1.Time{})},
			after:  []metav1.Condition{said("Accepted", yes, 2, longAgo)},
		},
		"one that turns is of now": {
			before: []metav1.Condition{said("Accepted", yes, 1, longAgo)},
			want:   []metav1.Condition{said("Accepted", no, 1, metav1.Time{})},
			after:  []metav1.Condition{said("Accepted", no, 1, now)},
		},
		"one of others stays": {
			before: []metav1.Condition{said("example.com/Seen", yes, 1, longAgo)},
			want:   []metav1.Condition{said("Accepted", yes, 1, metav1.Time{})},
			after:  []metav1.Condition{said("example.com/Seen", yes, 1, longAgo), said("Accepted", yes, 1, now)},
		},
		"one of ours that is not said any more goes": {
			before: []metav1.Condition{said("InsecureFrontendValidationMode", yes, 1, longAgo), said("Accepted", yes, 1, longAgo)},
			want:   []metav1.Condition{said("Accepted", yes, 1, metav1.Time{})},
			after:  []metav1.Condition{said("Accepted", yes, 1, longAgo)},
		},
		"in a list that is ours whole, anything goes": {
			before: []metav1.Condition{said("PartiallyInvalid", yes, 1, longAgo)},
			want:   []metav1.Condition{said("Accepted", yes, 1, metav1.Time{})},
			after:  []metav1.Condition{said("Accepted", yes, 1, now)},
			owned:  allOurs,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.owned == nil {
				tc.owned = someOurs
			}
			if diff := cmp.Diff(tc.after, with(tc.before, tc.want, tc.owned, now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsSaidOfGatewaysThatAreNotHeardOfYet(t *testing.T) {
	const yes, no = metav1.ConditionTrue, metav1.ConditionFalse
	pending := Uptake{Reason: "Pending", Message: "no gateway is connected"}
	unsure := pending
	unsure.Unsure = true
	tests := map[string]struct {
		before []metav1.Condition
		uptake Uptake
		want   metav1.ConditionStatus
	}{
		"that they serve is not taken back":      {[]metav1.Condition{said(programmed, yes, 1, longAgo)}, unsure, yes},
		"it is if there is no doubt":             {[]metav1.Condition{said(programmed, yes, 1, longAgo)}, pending, no},
		"that they do not is said again":         {[]metav1.Condition{said(programmed, no, 1, longAgo)}, unsure, no},
		"where nothing was said, it is said now": {nil, unsure, no},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := withProgrammed(nil, tc.before, tc.uptake, 2)
			if len(got) != 1 || got[0].Status != tc.want || (got[0].ObservedGeneration == 2) != (tc.want == no) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
