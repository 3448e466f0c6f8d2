package translate

import (
	"cmp"
	"fmt"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// route is a WebSocketRoute while it is translated.
type route struct {
	*v1alpha1.WebSocketRoute
	name types.NamespacedName
	// invalid is what is wrong with its values: it is accepted nowhere.
	invalid problems
	// refs is what it refers to in vain: it is served, those parts are refused.
	refs problems
	// config is what is served, used are the services in it.
	config *config.Route
	used   []*config.Service
}

func (t *translation) attachRoutes() {
	for _, object := range t.inventory.routes {
		r := &route{WebSocketRoute: object, name: nameOf(object)}
		for _, check := range routeChecks {
			r.invalid.add(check(&object.Spec))
		}
		t.resolve(r)
		v := verdictOf(v1alpha1.KindWebSocketRoute, object)
		t.attachRoute(r, &v)
		t.verdicts = append(t.verdicts, v)
		t.serve(r)
	}
}

// attachRoute brings r to its parents.
func (t *translation) attachRoute(r *route, v *Verdict) {
	refs, found := t.parentsOf(r)
	if found != nil {
		v.Conditions = []metav1.Condition{problems{*found}.condition(
			string(gatewayv1.RouteConditionAccepted), string(gatewayv1.RouteReasonAccepted), r.Generation)}
		return
	}
	counted := map[*listener]bool{}
	for _, ref := range refs {
		a, found := t.attach(r, ref)
		if a.gateway != nil && a.gateway.ignored != "" {
			v.Ignored = fmt.Sprintf("Gateway %s is not Switchyard's: %s", a.name, a.gateway.ignored)
			continue
		}
		accepted := slices.Clone(r.invalid)
		accepted.add(found)
		if len(accepted) == 0 {
			t.attachTo(r, a, counted)
		}
		v.Parents = append(v.Parents, gatewayv1.RouteParentStatus{
			ParentRef: ref, ControllerName: ControllerName,
			Conditions: []metav1.Condition{
				accepted.condition(string(gatewayv1.RouteConditionAccepted), string(gatewayv1.RouteReasonAccepted), r.Generation),
				r.refs.condition(string(gatewayv1.RouteConditionResolvedRefs), string(gatewayv1.RouteReasonResolvedRefs), r.Generation),
			},
		})
	}
	if len(v.Parents) > 0 {
		v.Ignored = ""
	}
}

// attachTo puts r on the listeners that it has reached, on each once. One that
// is not served counts its routes all the same (Gateway API, attachedRoutes).
func (t *translation) attachTo(r *route, a *attaching, counted map[*listener]bool) {
	for _, l := range a.listeners {
		if counted[l] {
			continue
		}
		counted[l] = true
		l.attached++
		if !l.served() {
			continue
		}
		r.config.Attachments = append(r.config.Attachments, &config.Attachment{
			Listener:  l.name(),
			Hostnames: a.hostnames[l],
			Policy:    t.held.route(r.name, l.gateway.name, string(l.Name)).policy(),
		})
	}
}

// serve puts r into the snapshot, if it is on any listener.
func (t *translation) serve(r *route) {
	if len(r.config.Attachments) == 0 {
		return
	}
	slices.SortFunc(r.config.Attachments, func(a, b *config.Attachment) int { return cmp.Compare(a.Listener, b.Listener) })
	t.snapshot.Routes = append(t.snapshot.Routes, r.config)
	for _, s := range r.used {
		t.served[s.Name] = s
	}
}

// parentsOf are the parents that r names, or else the default Gateway.
func (t *translation) parentsOf(r *route) ([]gatewayv1.ParentReference, *problem) {
	if len(r.Spec.ParentRefs) > 0 {
		return r.Spec.ParentRefs, nil
	}
	name := t.options.DefaultGateway
	if name == (types.NamespacedName{}) {
		ours := slices.DeleteFunc(slices.Clone(t.gateways), func(g *gateway) bool { return g.ignored != "" })
		if len(ours) != 1 {
			return nil, noParent(fmt.Sprintf("spec.parentRefs is omitted and there are %d Gateways to choose from: name one", len(ours)))
		}
		name = ours[0].name
	}
	group, kind, namespace := gatewayv1.Group(gatewayv1.GroupName), gatewayv1.Kind(kindGateway), gatewayv1.Namespace(name.Namespace)
	return []gatewayv1.ParentReference{{Group: &group, Kind: &kind, Namespace: &namespace, Name: gatewayv1.ObjectName(name.Name)}}, nil
}

// resolve makes the part of r that no parent changes.
func (t *translation) resolve(r *route) {
	r.config = &config.Route{Name: r.name.String(), Path: pathOf(r.Spec.Path)}
	if !r.CreationTimestamp.IsZero() {
		r.config.Created = timestamppb.New(r.CreationTimestamp.Time)
	}
	for _, s := range r.Spec.Subprotocols {
		r.config.Subprotocols = append(r.config.Subprotocols, &config.Subprotocol{
			Name: s.Name, Target: t.target(r, fmt.Sprintf("subprotocols[%s]", s.Name), &s.Target),
		})
	}
	if r.Spec.Fallback != nil {
		r.config.Fallback = t.target(r, "fallback", r.Spec.Fallback)
	}
}

func (t *translation) target(r *route, field string, spec *v1alpha1.Target) *config.Target {
	out := &config.Target{Framing: framings[spec.Framing], MessageType: messageTypes[spec.MessageType]}
	for i, ref := range spec.BackendRefs {
		out.Backends = append(out.Backends, t.backend(r, fmt.Sprintf("spec.%s.backendRefs[%d]", field, i), ref))
	}
	return out
}

// pathOf fills in the defaults, which only an API server does beforehand.
func pathOf(spec *v1alpha1.PathMatch) *config.PathMatch {
	if spec == nil {
		return &config.PathMatch{Value: rootPath}
	}
	return &config.PathMatch{Type: pathTypes[spec.Type], Value: cmp.Or(spec.Value, rootPath)}
}
