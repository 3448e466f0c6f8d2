package controllers

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/xds"
)

func TestReunion(t *testing.T) {
	edge, began := types.NamespacedName{Namespace: "shop", Name: "edge"}, time.Unix(1e9, 0)
	o := &operator{leads: began, heard: map[types.NamespacedName]bool{}}
	want := func(what string, after time.Duration, own []xds.Report, want time.Duration) {
		t.Helper()
		if got := o.reunion(edge, own, began.Add(after)); got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	connected := []xds.Report{{Gateway: edge, Pod: "edge-0"}}
	want("none is there yet", 10*time.Second, nil, reunited-10*time.Second)
	want("none came", reunited, nil, 0)
	want("one is there", 20*time.Second, connected, 0)
	want("it has gone again", 30*time.Second, nil, 0)
}
