package status

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

func TestWhichConditionsTell(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after *metav1.Condition
		want          []string
	}{
		"one that is wrong":        {nil, new(condition("Accepted", false, "Conflicted", "an older one has it")), []string{"Warning Conflicted an older one has it"}},
		"one that goes wrong":      {new(condition("ResolvedRefs", true, "ResolvedRefs", "")), new(condition("ResolvedRefs", false, "BackendNotFound", "there is none")), []string{"Warning BackendNotFound there is none"}},
		"one that is wrong still":  {new(condition("Accepted", false, "Conflicted", "x")), new(condition("Accepted", false, "Conflicted", "x")), nil},
		"another wrong of it":      {new(condition("Accepted", false, "Conflicted", "x")), new(condition("Accepted", false, "Conflicted", "y")), []string{"Warning Conflicted y"}},
		"one that is put right":    {new(condition("Accepted", false, "Conflicted", "x")), new(condition("Accepted", true, "Accepted", "")), nil},
		"it serves":                {nil, new(condition(programmed, true, "Programmed", "")), []string{"Normal Programmed the gateways serve it"}},
		"it serves still":          {new(condition(programmed, true, "Programmed", "")), new(condition(programmed, true, "Programmed", "")), nil},
		"it waits":                 {nil, new(condition(programmed, false, "Pending", "no gateway is connected")), nil},
		"it is refused":            {nil, new(condition(programmed, false, "Invalid", "port 80 is taken")), []string{"Warning Invalid port 80 is taken"}},
		"a part of it is wrong":    {nil, new(condition("PartiallyInvalid", true, "UnsupportedValue", "one rule")), []string{"Warning UnsupportedValue one rule"}},
		"no part of it is wrong":   {nil, new(condition("PartiallyInvalid", false, "x", "")), nil},
		"what Accepted says, too":  {nil, new(condition("Conflicted", false, "NoConflicts", "")), nil},
		"what was asked for":       {nil, new(condition("InsecureFrontendValidationMode", true, "x", "")), nil},
		"a percent sign is itself": {nil, new(condition("Accepted", false, "UnsupportedValue", "100%d")), []string{"Warning UnsupportedValue 100%d"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			c := change{after: &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")}, verdict: &translate.Verdict{}}
			if tc.before != nil {
				c.saidBefore = []metav1.Condition{*tc.before}
			}
			c.saidAfter = []metav1.Condition{*tc.after}
			r.Events.turned(c)
			r.wantEvents(tc.want...)
		})
	}
}

// What another controller says of a route is its own to tell.
func TestOnlyWhatWeSayIsTold(t *testing.T) {
	route := &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")}
	route.Status.Parents = []gatewayv1.RouteParentStatus{ofEdge(stranger, condition("Accepted", false, "Theirs", "theirs"))}
	r := newRig(t, route)
	r.mustWrite(plane(Uptake{Taken: true}), acceptedRoute("route"), "route")
	r.wantEvents("Normal Programmed the gateways serve it")
}

// A warning is about what is served, and is in the message of a condition: that
// is how it is known to have been told.
func TestAWarningIsToldOnce(t *testing.T) {
	const expires = "the certificate in Secret app/site expires at noon"
	r := newRig(t, &gatewayv1.Gateway{ObjectMeta: metaOf("edge")})
	v := verdict("Gateway", "edge")
	v.Conditions = []metav1.Condition{condition("Accepted", true, "Accepted", "")}
	v.Listeners = []gatewayv1.ListenerStatus{{Name: "ws", Conditions: []metav1.Condition{condition("ResolvedRefs", true, "ResolvedRefs", expires)}}}
	v.Warnings = []translate.Warning{{Where: "listener ws", Reason: "CertificateExpires", Message: expires}}
	r.mustWrite(plane(Uptake{}), v, "edge")
	r.wantEvents("Warning CertificateExpires listener ws: " + expires)

	// Another write of the same object does not tell it again.
	r.mustWrite(plane(Uptake{Reason: "Pending", Message: "no gateway is connected"}), v, "edge")
	r.wantEvents()
	v.Warnings[0].Message += " today"
	v.Listeners[0].Conditions[0].Message = v.Warnings[0].Message
	r.mustWrite(plane(Uptake{Reason: "Pending", Message: "no gateway is connected"}), v, "edge")
	r.wantEvents("Warning CertificateExpires listener ws: " + expires + " today")
}

// A route without a parent has no place in its status for what is wrong.
func TestARouteWithoutAParentIsToldOnceAGeneration(t *testing.T) {
	r := newRig(t, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")})
	v := verdict(v1alpha1.KindWebSocketRoute, "route")
	v.Conditions = []metav1.Condition{condition("Accepted", false, "NoMatchingParent", "name a Gateway")}
	r.mustWrite(nil, v)
	r.wantEvents("Warning NoMatchingParent name a Gateway")
	r.mustWrite(nil, v)
	r.wantEvents()

	read := r.objects()
	read.WebSocketRoutes[0].Generation++
	v.Generation++
	if _, err := r.Write(t.Context(), Wanted{Verdicts: []translate.Verdict{v}, Objects: read}); err != nil {
		t.Fatal(err)
	}
	r.wantEvents("Warning NoMatchingParent name a Gateway")
}

func TestWhatCouldNotBeWrittenIsNotTold(t *testing.T) {
	r := newRig(t, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")})
	read := r.objects()
	read.WebSocketRoutes[0].ResourceVersion = "1"
	r.wantConflict(r.writeOf(read, plane(Uptake{Taken: true}), acceptedRoute("route")))
	r.wantEvents()
}

func TestAWriterNeedsNobodyToTell(t *testing.T) {
	r := newRig(t, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")})
	r.Events = nil
	r.mustWrite(plane(Uptake{Taken: true}), acceptedRoute("route"), "route")
}

// A cluster in which everything goes wrong at once is told by its conditions.
func TestThePaceOfEventsIsBounded(t *testing.T) {
	r := newRig(t)
	for i := range 2 * eventBurst {
		r.Events.turned(change{
			after: &v1alpha1.WebSocketRoute{ObjectMeta: metaOf(fmt.Sprint(i))}, verdict: &translate.Verdict{},
			saidAfter: []metav1.Condition{condition("Accepted", false, "Conflicted", "x")},
		})
	}
	// Some more may have been let through by the time that this took.
	if told := len(r.events.Events); told < eventBurst || told > eventBurst+eventBurst/2 {
		t.Errorf("%d were told, want about %d", told, eventBurst)
	}
}
