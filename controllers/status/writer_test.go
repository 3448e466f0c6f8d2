package status

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

const stranger = "example.com/controller"

// acceptedRoute is a verdict of a route that edge has.
func acceptedRoute(name string) translate.Verdict {
	v := verdict("WebSocketRoute", name)
	v.Parents = []gatewayv1.RouteParentStatus{ofEdge(translate.ControllerName,
		condition("Accepted", true, "Accepted", ""), condition("ResolvedRefs", true, "ResolvedRefs", ""))}
	return v
}

func TestEveryKindIsWrittenAndWrittenOnce(t *testing.T) {
	ancestors := []gatewayv1.PolicyAncestorStatus{{
		AncestorRef: gatewayv1.ParentReference{Name: "edge"}, ControllerName: translate.ControllerName,
		Conditions: []metav1.Condition{condition("Accepted", true, "Accepted", "")},
	}}
	class := translate.Verdict{Kind: "GatewayClass", Name: "class", UID: "uid of class", Generation: 1,
		Conditions: []metav1.Condition{condition("Accepted", true, "Accepted", "")}}
	gateway, route, policy, tls := verdict("Gateway", "edge"), acceptedRoute("route"), verdict("WebSocketPolicy", "policy"), verdict("BackendTLSPolicy", "tls")
	gateway.Conditions = []metav1.Condition{condition("Accepted", true, "Accepted", "")}
	gateway.Listeners = []gatewayv1.ListenerStatus{{Name: "ws", AttachedRoutes: 1, Conditions: []metav1.Condition{condition("Accepted", true, "Accepted", "")}}}
	policy.Ancestors, tls.Ancestors = ancestors, ancestors

	r := newRig(t,
		&gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "class", UID: "uid of class", Generation: 1}},
		&gatewayv1.Gateway{ObjectMeta: metaOf("edge")},
		&v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")},
		&v1alpha1.WebSocketPolicy{ObjectMeta: metaOf("policy")},
		&gatewayv1.BackendTLSPolicy{ObjectMeta: metaOf("tls")},
	)
	wanted := Wanted{
		Verdicts: []translate.Verdict{class, gateway, route, policy, tls}, Objects: r.objects(), Planes: plane(Uptake{Taken: true}),
	}
	written, err := r.Write(t.Context(), wanted)
	if err != nil || written != 5 {
		t.Errorf("wrote %d, %v", written, err)
	}
	r.wantWrites("class", "edge", "policy", "route", "tls")
	var g gatewayv1.Gateway
	r.read(&g, "edge")
	l := g.Status.Listeners
	if !meta.IsStatusConditionTrue(g.Status.Conditions, programmed) || len(g.Status.Addresses) != 1 ||
		len(l) != 1 || l[0].AttachedRoutes != 1 || !meta.IsStatusConditionTrue(l[0].Conditions, programmed) {
		t.Errorf("the Gateway says %+v", g.Status)
	}

	r.writes, wanted.Objects = nil, r.objects()
	written, err = r.Write(t.Context(), wanted)
	if err != nil || written != 0 {
		t.Errorf("wrote %d, %v", written, err)
	}
	r.wantWrites()
}

func TestAnObjectThatIsNotTheOneThatWasJudgedIsLeftAlone(t *testing.T) {
	for name, differ := range map[string]func(*translate.Verdict){
		"it has changed":         func(v *translate.Verdict) { v.Generation-- },
		"it was made anew":       func(v *translate.Verdict) { v.UID = "another" },
		"it has not been judged": func(v *translate.Verdict) { v.Name = "another" },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")})
			v := acceptedRoute("route")
			differ(&v)
			r.mustWrite(plane(Uptake{Taken: true}), v)
		})
	}
}

func TestWhatHasChangedSinceItWasReadIsAConflictAndCostsNoOther(t *testing.T) {
	r := newRig(t, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("a")}, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("b")}, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("c")})
	read := r.objects()
	var b v1alpha1.WebSocketRoute
	r.read(&b, "b")
	b.Status.Parents = []gatewayv1.RouteParentStatus{ofEdge(stranger)}
	if err := r.client.Status().Update(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	verdicts := []translate.Verdict{acceptedRoute("a"), acceptedRoute("b"), acceptedRoute("c")}
	r.wantConflict(r.writeOf(read, plane(Uptake{Taken: true}), verdicts...))
	r.wantWrites("a", "b", "c")

	// The next pass has what the stranger wrote, and keeps it.
	if err := r.write(plane(Uptake{Taken: true}), verdicts...); err != nil {
		t.Fatal(err)
	}
	r.wantWrites("b")
	r.read(&b, "b")
	if p := b.Status.Parents; len(p) != 2 || p[0].ControllerName != stranger || p[1].ControllerName != translate.ControllerName {
		t.Errorf("its parents are %+v", p)
	}
}

func TestAnObjectThatIsGoneNeedsNoStatus(t *testing.T) {
	r := newRig(t, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")})
	read := r.objects()
	if err := r.client.Delete(t.Context(), &read.WebSocketRoutes[0]); err != nil {
		t.Fatal(err)
	}
	if err := r.writeOf(read, plane(Uptake{Taken: true}), acceptedRoute("route")); err != nil {
		t.Error(err)
	}
	r.wantEvents()
}

func TestARouteThatIsNoLongerOursLosesOurEntryAndNobodyElses(t *testing.T) {
	theirs := ofEdge(stranger, said("Accepted", metav1.ConditionTrue, 1, longAgo))
	route := &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")}
	route.Status.Parents = []gatewayv1.RouteParentStatus{
		theirs, ofEdge(translate.ControllerName, said("Accepted", metav1.ConditionTrue, 1, longAgo)),
	}
	r := newRig(t, route)
	v := verdict("WebSocketRoute", "route")
	v.Ignored = "no parent is a Gateway of Switchyard's"
	r.mustWrite(nil, v, "route")
	r.read(route, "route")
	if p := route.Status.Parents; len(p) != 1 || p[0].ControllerName != stranger || len(p[0].Conditions) != 1 {
		t.Errorf("its parents are %+v", p)
	}
	r.mustWrite(nil, v)
	r.wantEvents()
}

func TestAGatewayOfAnothersClassIsLeftAlone(t *testing.T) {
	g := &gatewayv1.Gateway{ObjectMeta: metaOf("edge")}
	g.Status.Conditions = []metav1.Condition{said("Accepted", metav1.ConditionTrue, 1, longAgo)}
	r := newRig(t, g)
	v := verdict("Gateway", "edge")
	v.Ignored = "its class is another controller's"
	r.mustWrite(nil, v)
}

func TestProgrammedIsCarriedOverUntilThereIsMoreToSay(t *testing.T) {
	r := newRig(t, &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")}, &gatewayv1.Gateway{ObjectMeta: metaOf("edge")})
	route, gateway := acceptedRoute("route"), verdict("Gateway", "edge")
	gateway.Conditions = []metav1.Condition{condition("Accepted", true, "Accepted", "")}
	gateway.Listeners = []gatewayv1.ListenerStatus{{Name: "ws", Conditions: gateway.Conditions}}
	want := func(step, want string) {
		t.Helper()
		var o v1alpha1.WebSocketRoute
		r.read(&o, "route")
		var g gatewayv1.Gateway
		r.read(&g, "edge")
		for where, all := range map[string][]metav1.Condition{
			"the route": o.Status.Parents[0].Conditions, "the Gateway": g.Status.Conditions, "the listener": g.Status.Listeners[0].Conditions,
		} {
			got := "nothing"
			if c := meta.FindStatusCondition(all, programmed); c != nil {
				got = fmt.Sprintf("%s of generation %d", c.Status, c.ObservedGeneration)
			}
			if got != want {
				t.Errorf("%s: %s says %s, want %s", step, where, got, want)
			}
		}
	}
	write := func(u Uptake) {
		t.Helper()
		if err := r.write(plane(u), route, gateway); err != nil {
			t.Fatal(err)
		}
	}
	write(Uptake{})
	want("nothing is known yet", "nothing")
	write(Uptake{Taken: true})
	want("it is served", "True of generation 1")

	for _, o := range []client.Object{&v1alpha1.WebSocketRoute{}, &gatewayv1.Gateway{}} {
		name := "route"
		if _, ok := o.(*gatewayv1.Gateway); ok {
			name = "edge"
		}
		r.read(o, name)
		o.SetGeneration(2)
		if err := r.client.Update(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	route.Generation, gateway.Generation = 2, 2
	write(Uptake{})
	want("the next is about to be", "True of generation 1")
	write(Uptake{Reason: "Pending", Message: "no gateway is connected"})
	want("the next takes long", "False of generation 2")
	write(Uptake{Taken: true})
	want("the next is served", "True of generation 2")
}

func TestARouteThatIsNotAcceptedIsNotSaidToBeServed(t *testing.T) {
	route := &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")}
	route.Status.Parents = []gatewayv1.RouteParentStatus{ofEdge(translate.ControllerName, said(programmed, metav1.ConditionTrue, 1, longAgo))}
	r := newRig(t, route)
	v := verdict("WebSocketRoute", "route")
	v.Parents = []gatewayv1.RouteParentStatus{ofEdge(translate.ControllerName, condition("Accepted", false, "Conflicted", "an older one has it"))}
	r.mustWrite(plane(Uptake{Taken: true}), v, "route")
	r.read(route, "route")
	if c := route.Status.Parents[0].Conditions; len(c) != 1 || c[0].Type != "Accepted" {
		t.Errorf("it says %+v", c)
	}
}

func TestWhyAGatewayIsNotProgrammed(t *testing.T) {
	taken := plane(Uptake{Taken: true})[edge]
	noAddress, failed, unserved := taken, taken, taken
	noAddress.Addresses = nil
	failed.Failed = "apply Deployment: no right to"
	unserved.Listeners = nil
	for name, tc := range map[string]struct {
		accepted          bool
		plane             DataPlane
		gateway, listener string
	}{
		"all is well":     {true, taken, "Programmed", "Programmed"},
		"not accepted":    {false, taken, "Invalid", "Programmed"},
		"no pods":         {true, failed, "NoResources", "Programmed"},
		"no address":      {true, noAddress, "AddressNotAssigned", "Programmed"},
		"no such port":    {true, unserved, "Programmed", "Invalid"},
		"nothing, yet":    {true, DataPlane{Uptake: Uptake{Reason: "Pending"}}, "Pending", "Invalid"},
		"waiting for all": {true, DataPlane{Uptake: Uptake{Reason: "Pending"}, Listeners: taken.Listeners}, "Pending", "Pending"},
	} {
		t.Run(name, func(t *testing.T) {
			v := verdict("Gateway", "edge")
			v.Conditions = []metav1.Condition{condition("Accepted", tc.accepted, "Accepted", "")}
			v.Listeners = []gatewayv1.ListenerStatus{{Name: "ws"}}
			var g gatewayv1.Gateway
			setGateway(&g, &v, tc.plane, now)
			got := []string{
				meta.FindStatusCondition(g.Status.Conditions, programmed).Reason,
				meta.FindStatusCondition(g.Status.Listeners[0].Conditions, programmed).Reason,
			}
			if diff := cmp.Diff([]string{tc.gateway, tc.listener}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What the cache holds is read by others at the same time.
func TestObjectsAreOnlyRead(t *testing.T) {
	route := &v1alpha1.WebSocketRoute{ObjectMeta: metaOf("route")}
	route.Status.Parents = []gatewayv1.RouteParentStatus{ofEdge(translate.ControllerName, said("Accepted", metav1.ConditionFalse, 1, longAgo)), ofEdge(stranger)}
	r := newRig(t, route)
	read := r.objects()
	before := read.WebSocketRoutes[0].DeepCopy()
	v := acceptedRoute("route")
	if err := r.writeOf(read, plane(Uptake{Taken: true}), v); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, &read.WebSocketRoutes[0]); diff != "" {
		t.Errorf("the object was changed:\n%s", diff)
	}
	if diff := cmp.Diff(acceptedRoute("route"), v); diff != "" {
		t.Errorf("the verdict was changed:\n%s", diff)
	}
}

func TestAWriterThatIsStoppedStops(t *testing.T) {
	r := newRig(t)
	ctx, stop := context.WithCancel(t.Context())
	var verdicts []translate.Verdict
	for i := range 10 * parallel {
		name := fmt.Sprintf("route-%d", i)
		if err := r.client.Create(t.Context(), &v1alpha1.WebSocketRoute{ObjectMeta: metaOf(name)}); err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, acceptedRoute(name))
	}
	r.meanwhile = stop
	written, err := r.Write(ctx, Wanted{Verdicts: verdicts, Objects: r.objects(), Planes: plane(Uptake{Taken: true})})
	if !errors.Is(err, context.Canceled) || written > 2*parallel {
		t.Errorf("wrote %d, %v", written, err)
	}
}
