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
	name      types.NamespacedName
	hostnames []string
	// invalid is what is wrong with its values: it is accepted nowhere.
	invalid problems
	// refs is what it refers to in vain: it is served, those parts are refused.
	refs problems
	// config is what is served, services are those it refers to.
	config   *config.Route
	services []*service
	// attached are the listeners that it is served on.
	attached []attachment
}

// attachment is one of a route, and whose listener it is to.
type attachment struct {
	*config.Attachment
	gateway *gateway
}

// attachRoutes goes by precedence: who comes first keeps what it claims.
func (t *translation) attachRoutes() {
	t.chooseDefault()
	for _, object := range t.inventory.routes {
		r := &route{WebSocketRoute: object, name: nameOf(object)}
		v := verdictOf(v1alpha1.KindWebSocketRoute, object)
		t.attachRoute(r, &v)
		t.serve(r)
		t.verdicts = append(t.verdicts, v)
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
	r.read()
	parents := make([]*attaching, 0, len(refs))
	for _, ref := range refs {
		a := t.attach(r, ref)
		if a.foreign() {
			v.Ignored = fmt.Sprintf("Gateway %s is not Switchyard's: %s", a.name, a.gateway.ignored)
			continue
		}
		parents = append(parents, a)
	}
	if len(parents) == 0 {
		return
	}
	v.Ignored = ""
	t.resolve(r)
	v.Parents = make([]gatewayv1.RouteParentStatus, len(parents))
	for i, a := range parents {
		v.Parents[i] = gatewayv1.RouteParentStatus{ParentRef: a.ref, ControllerName: ControllerName, Conditions: t.join(r, a)}
	}
}

// join puts r on the listeners of one parent, if it may be, and says so.
func (t *translation) join(r *route, a *attaching) []metav1.Condition {
	accepted := slices.Clone(r.invalid)
	accepted.add(a.found)
	var lost loss
	if len(accepted) == 0 {
		lost = t.claim(r, a.reached)
		accepted.add(lost.ofAll())
	}
	if len(accepted) == 0 {
		t.attachTo(r, a)
	}
	conditions := append(make([]metav1.Condition, 0, 3),
		accepted.condition(string(gatewayv1.RouteConditionAccepted), string(gatewayv1.RouteReasonAccepted), r.Generation),
		r.refs.condition(string(gatewayv1.RouteConditionResolvedRefs), string(gatewayv1.RouteReasonResolvedRefs), r.Generation))
	if found := lost.ofSome(); found != nil {
		conditions = append(conditions, metav1.Condition{
			Type: string(gatewayv1.RouteConditionPartiallyInvalid), Status: metav1.ConditionTrue,
			Reason: found.reason, Message: found.message, ObservedGeneration: r.Generation,
		})
	}
	return conditions
}

// attachTo puts r on the listeners that it has reached, on each once. One that
// is not served counts its routes all the same (Gateway API, attachedRoutes).
func (t *translation) attachTo(r *route, a *attaching) {
	for _, s := range r.services {
		s.usedBy(a.gateway)
	}
	for _, l := range a.reached {
		if l.last == r {
			continue
		}
		l.last = r
		l.attached++
		if !l.served() {
			continue
		}
		r.attached = append(r.attached, attachment{gateway: l.gateway, Attachment: &config.Attachment{
			Listener:  l.name,
			Hostnames: l.hostnames,
			Policy:    t.held.route(r.name, l.listener),
		}})
	}
}

// chooseDefault finds the parent of routes that name none.
func (t *translation) chooseDefault() {
	name := t.options.DefaultGateway
	if name == (types.NamespacedName{}) {
		ours := slices.DeleteFunc(slices.Clone(t.order), func(g *gateway) bool { return g.ignored != "" })
		if len(ours) != 1 {
			t.noDefault = noParent(fmt.Sprintf("spec.parentRefs is omitted and there are %d Gateways to choose from: name one", len(ours)))
			return
		}
		name = ours[0].name
	}
	t.defaultParent = []gatewayv1.ParentReference{gatewayRef(name)}
}

// gatewayRef names a Gateway in full.
func gatewayRef(name types.NamespacedName) gatewayv1.ParentReference {
	group, kind, namespace := gatewayv1.Group(gatewayv1.GroupName), gatewayv1.Kind(kindGateway), gatewayv1.Namespace(name.Namespace)
	return gatewayv1.ParentReference{Group: &group, Kind: &kind, Namespace: &namespace, Name: gatewayv1.ObjectName(name.Name)}
}

// parentsOf are the parents that r names, or else the default Gateway.
func (t *translation) parentsOf(r *route) ([]gatewayv1.ParentReference, *problem) {
	if len(r.Spec.ParentRefs) > 0 {
		return r.Spec.ParentRefs, nil
	}
	return t.defaultParent, t.noDefault
}

// read judges r's values.
func (r *route) read() {
	for _, check := range routeChecks {
		r.invalid.add(check(&r.Spec))
	}
	if len(r.Spec.Hostnames) > 0 {
		r.hostnames = make([]string, len(r.Spec.Hostnames))
	}
	for i, h := range r.Spec.Hostnames {
		r.hostnames[i] = string(h)
	}
}

// resolve makes the part of r that no parent changes.
func (t *translation) resolve(r *route) {
	r.config = &config.Route{Name: r.name.String(), Path: pathOf(r.Spec.Path)}
	if !r.CreationTimestamp.IsZero() {
		r.config.Created = timestamppb.New(r.CreationTimestamp.Time)
	}
	for i := range r.Spec.Subprotocols {
		s := &r.Spec.Subprotocols[i]
		r.config.Subprotocols = append(r.config.Subprotocols, &config.Subprotocol{
			Name: s.Name, Target: t.target(r, part{subprotocol: s.Name}, &s.Target),
		})
	}
	if r.Spec.Fallback != nil {
		r.config.Fallback = t.target(r, part{fallback: true}, r.Spec.Fallback)
	}
}

func (t *translation) target(r *route, of part, spec *v1alpha1.Target) *config.Target {
	out := &config.Target{Framing: framings[spec.Framing], MessageType: messageTypes[spec.MessageType]}
	out.Backends = make([]*config.Backend, len(spec.BackendRefs))
	for i := range spec.BackendRefs {
		out.Backends[i] = t.backend(r, of, i, &spec.BackendRefs[i])
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
