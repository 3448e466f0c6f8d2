package e2e

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"switchyard.dev/test/e2e/crowd"
)

// place is where a session is: the gateway's pod, and the address of the
// service's.
type place struct{ gateway, endpoint string }

// ends says with which codes a session at a place must have ended. None: it must
// not have.
type ends func(place) []uint16

// nobody is for what no session notices.
func nobody(place) []uint16 { return nil }

// judge says what is wrong with a report, and how many sessions were closed as
// they had to be.
func judge(before map[string]place, r crowd.Report, must ends) (closed int, wrong []error) {
	for _, e := range r.Endings {
		codes := mustOf(before, e.Session, must)
		switch {
		case e.Lost != nil:
			wrong = append(wrong, errors.New(e.String()))
		case !slices.Contains(codes, e.Code):
			wrong = append(wrong, fmt.Errorf("%v, want one of %v; it was at %v", e, codes, before[e.Session]))
		default:
			closed++
		}
	}
	for _, name := range overdue(before, r.Held, must) {
		wrong = append(wrong, fmt.Errorf("%s at %v is still there, and should have ended with one of %v", name, before[name], must(before[name])))
	}
	return closed, wrong
}

// overdue are the sessions among those held that must have ended.
func overdue(before map[string]place, held []string, must ends) []string {
	return slices.DeleteFunc(slices.Clone(held), func(name string) bool { return len(must(before[name])) == 0 })
}

// mustOf are the codes for a session. One that came in the middle of it all may
// have come to any place.
func mustOf(before map[string]place, session string, must ends) []uint16 {
	if p, known := before[session]; known {
		return must(p)
	}
	var all []uint16
	for _, p := range before {
		all = append(all, must(p)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestJudge(t *testing.T) {
	before := map[string]place{"a": {gateway: "gone"}, "b": {gateway: "stays"}}
	gone := func(p place) []uint16 {
		if p.gateway == "gone" {
			return []uint16{1001}
		}
		return nil
	}
	for name, tc := range map[string]struct {
		report        crowd.Report
		closed, wrong int
	}{
		"a session of a pod that went is closed with its code": {
			report: crowd.Report{Held: []string{"b"}, Endings: []crowd.Ending{{Session: "a", Code: 1001}}}, closed: 1},
		"another code is wrong": {
			report: crowd.Report{Held: []string{"b"}, Endings: []crowd.Ending{{Session: "a", Code: 1011}}}, wrong: 1},
		"what is lost is wrong, whatever the code": {
			report: crowd.Report{Endings: []crowd.Ending{{Session: "a", Code: 1001, Lost: errors.New("reset")}}}, wrong: 1},
		"a session of a pod that stayed must not end": {
			report: crowd.Report{Endings: []crowd.Ending{{Session: "b", Code: 1001}}}, wrong: 1},
		"a session of a pod that went must end": {
			report: crowd.Report{Held: []string{"a", "b"}}, wrong: 1},
		"one that came meanwhile may have come to the pod that went": {
			report: crowd.Report{Endings: []crowd.Ending{{Session: "c", Code: 1001}}}, closed: 1},
	} {
		t.Run(name, func(t *testing.T) {
			closed, wrong := judge(before, tc.report, gone)
			if closed != tc.closed || len(wrong) != tc.wrong {
				t.Errorf("%d closed, wrong: %v; want %d and %d", closed, wrong, tc.closed, tc.wrong)
			}
		})
	}
	if _, wrong := judge(before, crowd.Report{Endings: []crowd.Ending{{Session: "c", Code: 1001}}}, nobody); len(wrong) != 1 {
		t.Errorf("where nobody need end, one that ends is wrong: %v", wrong)
	}
}
