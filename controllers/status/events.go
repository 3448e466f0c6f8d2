package status

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/util/flowcontrol"

	"switchyard.dev/api/v1alpha1"
)

// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// The pace of events over all objects: the first that go wrong are told at
// once, and a cluster in which thousands do is told by conditions alone.
const (
	eventRate  = 5
	eventBurst = 100
)

// judgement is the action that all events are of.
const judgement = "Judge"

// Events tells of conditions that have turned. It is safe for concurrent use.
type Events struct {
	recorder events.EventRecorder
	pace     flowcontrol.RateLimiter
	// homeless are the generations of objects of which homeless has told.
	homeless map[types.UID]int64
}

// NewEvents tells by recorder.
func NewEvents(recorder events.EventRecorder) *Events {
	return &Events{recorder, flowcontrol.NewTokenBucketRateLimiter(eventRate, eventBurst), nil}
}

// turned tells what is newly wrong with an object, and that it serves at last.
func (e *Events) turned(c change) {
	for _, after := range c.saidAfter {
		if slices.ContainsFunc(c.saidBefore, func(before metav1.Condition) bool { return sameSaid(before, after) }) {
			continue
		}
		switch {
		case bad(after):
			e.tell(c.after, corev1.EventTypeWarning, after.Reason, after.Message)
		case after.Type == programmed && after.Status == metav1.ConditionTrue:
			e.tell(c.after, corev1.EventTypeNormal, after.Reason, "the gateways serve it")
		}
	}
	for _, w := range c.verdict.Warnings {
		if !slices.ContainsFunc(c.saidBefore, func(before metav1.Condition) bool { return strings.Contains(before.Message, w.Message) }) {
			e.tell(c.after, corev1.EventTypeWarning, w.Reason, w.Where+": "+w.Message)
		}
	}
}

// tellHomeless tells of routes that have no parent, and so no place in their
// status for what is wrong: once a generation, as far as this process remembers.
// It is for one goroutine.
func (e *Events) tellHomeless(routes []v1alpha1.WebSocketRoute, judged verdicts) {
	told := map[types.UID]int64{}
	for i := range routes {
		r := &routes[i]
		v := judged.of(v1alpha1.KindWebSocketRoute, r)
		if v == nil || len(v.Conditions) == 0 {
			continue
		}
		told[r.UID] = r.Generation
		if e.homeless[r.UID] == r.Generation {
			continue
		}
		for _, c := range v.Conditions {
			if bad(c) {
				e.tell(r, corev1.EventTypeWarning, c.Reason, c.Message)
			}
		}
	}
	e.homeless = told
}

func (e *Events) tell(about runtime.Object, kind, reason, message string) {
	if e.pace.TryAccept() {
		e.recorder.Eventf(about, nil, kind, reason, judgement, "%s", message)
	}
}

// sameSaid leaves the times and generations out.
func sameSaid(a, b metav1.Condition) bool {
	return a.Type == b.Type && a.Status == b.Status && a.Reason == b.Reason && a.Message == b.Message
}

// bad says whether a condition tells of something wrong. A wait is none.
func bad(c metav1.Condition) bool {
	switch c.Type {
	case "Conflicted", "InsecureFrontendValidationMode":
		// The one is said by Accepted as well; the other was asked for.
		return false
	case "PartiallyInvalid":
		return c.Status == metav1.ConditionTrue
	}
	return c.Status == metav1.ConditionFalse && c.Reason != "Pending"
}
