package status

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=gatewayclasses/status;gateways/status;backendtlspolicies/status,verbs=patch
// +kubebuilder:rbac:groups=switchyard.dev,resources=websocketroutes/status;websocketpolicies/status,verbs=patch

// parallel is how many statuses are written at a time: an API server answers in
// milliseconds, and an installation's first pass may have thousands.
const parallel = 16

// Wanted is what the objects are to be told.
type Wanted struct {
	Verdicts []translate.Verdict
	// Objects are those that the verdicts are of, as they stand. They are only read.
	Objects translate.Objects
	// Planes has the data plane of every Gateway that has one.
	Planes map[types.NamespacedName]DataPlane
}

// Writer writes statuses. It is safe for use by one goroutine at a time.
type Writer struct {
	// Client writes; it reads nothing.
	Client client.Client
	// Events tells people; nil tells none.
	Events *Events
	// Now is the clock.
	Now func() time.Time
}

// Write writes every status that is another than wanted, and returns how many
// it wrote. An object that has changed meanwhile is left for the next pass,
// which its change has asked for, with an error that is a conflict.
func (w *Writer) Write(ctx context.Context, wanted Wanted) (written int, err error) {
	var (
		count atomic.Int64
		wait  sync.WaitGroup
		mutex sync.Mutex
		lost  failures
		slots = make(chan struct{}, parallel)
	)
	judged := byObject(wanted.Verdicts)
	if w.Events != nil {
		w.Events.tellHomeless(wanted.Objects.WebSocketRoutes, judged)
	}
	for change := range changes(wanted, judged, metav1.NewTime(w.Now())) {
		if ctx.Err() != nil {
			break
		}
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if err := w.write(ctx, change); err != nil {
				mutex.Lock()
				defer mutex.Unlock()
				lost.add(err)
				return
			}
			count.Add(1)
		})
	}
	wait.Wait()
	return int(count.Load()), errors.Join(lost.err(), ctx.Err())
}

// maxFailures is how many are told of: one missing right fails every write.
const maxFailures = 8

// failures are writes that failed.
type failures struct {
	told []error
	more int
	// conflict is one of those that only came too late.
	conflict error
}

func (f *failures) add(err error) {
	switch {
	case apierrors.IsConflict(err):
		f.conflict = err
	case len(f.told) < maxFailures:
		f.told = append(f.told, err)
	default:
		f.more++
	}
}

func (f *failures) err() error {
	if f.more > 0 {
		return fmt.Errorf("%w\nand %d more", errors.Join(f.told...), f.more)
	}
	return errors.Join(append(f.told, f.conflict)...)
}

// write writes one status. The object's version goes with it: lists of entries
// are shared between controllers and must not be written over unread.
func (w *Writer) write(ctx context.Context, c change) error {
	patch := client.MergeFromWithOptions(c.before, client.MergeFromWithOptimisticLock{})
	err := w.Client.Status().Patch(ctx, c.after, patch)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err == nil && w.Events != nil {
		w.Events.turned(c)
	}
	return err
}

// change is an object before and after its status was set.
type change struct {
	before, after client.Object
	verdict       *translate.Verdict
	// said are the conditions of either, all lists in one.
	saidBefore, saidAfter []metav1.Condition
}

// verdicts are by the object that they are of.
type verdicts map[key]*translate.Verdict

type key struct{ kind, namespace, name string }

func byObject(all []translate.Verdict) verdicts {
	judged := make(verdicts, len(all))
	for i := range all {
		v := &all[i]
		judged[key{v.Kind, v.Namespace, v.Name}] = v
	}
	return judged
}

// of is the verdict of o, nil where it has none: it has changed since it was
// judged, or is another of the name, and is about to be judged anew.
func (all verdicts) of(kind string, o client.Object) *translate.Verdict {
	v := all[key{kind, o.GetNamespace(), o.GetName()}]
	if v == nil || v.UID != o.GetUID() || v.Generation != o.GetGeneration() {
		return nil
	}
	return v
}

// changes are the objects whose status is to be another. Few are: the others
// are never copied whole.
func changes(wanted Wanted, judged verdicts, now metav1.Time) func(yield func(change) bool) {
	return func(yield func(change) bool) {
		_ = each(wanted.Objects.GatewayClasses, judged, classes(now), yield) &&
			each(wanted.Objects.Gateways, judged, gateways(wanted.Planes, now), yield) &&
			each(wanted.Objects.WebSocketRoutes, judged, routes(wanted.Planes, now), yield) &&
			each(wanted.Objects.WebSocketPolicies, judged, policies(now), yield) &&
			each(wanted.Objects.BackendTLSPolicies, judged, backendPolicies(now), yield)
	}
}

// subject is how a kind's status is set and read.
type subject[T any] struct {
	kind string
	// foreign objects that are ignored have nothing of Switchyard's to take back.
	foreign    bool
	set        func(*T, *translate.Verdict)
	status     func(*T) any
	conditions func(*T) []metav1.Condition
}

func each[T any, P interface {
	*T
	client.Object
	DeepCopy() *T
}](all []T, judged verdicts, s subject[T], yield func(change) bool) bool {
	for i := range all {
		before := &all[i]
		v := judged.of(s.kind, P(before))
		if v == nil || s.foreign && v.Ignored != "" {
			continue
		}
		// A shallow copy will do to compare: set makes new lists.
		after := *before
		s.set(&after, v)
		if equality.Semantic.DeepEqual(s.status(before), s.status(&after)) {
			continue
		}
		c := change{
			before: P(before), after: P((P(&after)).DeepCopy()), verdict: v,
			saidBefore: s.conditions(before), saidAfter: s.conditions(&after),
		}
		if !yield(c) {
			return false
		}
	}
	return true
}

func classes(now metav1.Time) subject[gatewayv1.GatewayClass] {
	return subject[gatewayv1.GatewayClass]{
		kind: "GatewayClass", foreign: true,
		set:        func(c *gatewayv1.GatewayClass, v *translate.Verdict) { setClass(c, v, now) },
		status:     func(c *gatewayv1.GatewayClass) any { return &c.Status },
		conditions: func(c *gatewayv1.GatewayClass) []metav1.Condition { return c.Status.Conditions },
	}
}

func gateways(planes map[types.NamespacedName]DataPlane, now metav1.Time) subject[gatewayv1.Gateway] {
	return subject[gatewayv1.Gateway]{
		kind: "Gateway", foreign: true,
		set: func(g *gatewayv1.Gateway, v *translate.Verdict) {
			setGateway(g, v, planes[types.NamespacedName{Namespace: g.Namespace, Name: g.Name}], now)
		},
		status: func(g *gatewayv1.Gateway) any { return &g.Status },
		conditions: func(g *gatewayv1.Gateway) []metav1.Condition {
			all := slices.Clone(g.Status.Conditions)
			for _, l := range g.Status.Listeners {
				all = append(all, l.Conditions...)
			}
			return all
		},
	}
}

func routes(planes map[types.NamespacedName]DataPlane, now metav1.Time) subject[v1alpha1.WebSocketRoute] {
	return subject[v1alpha1.WebSocketRoute]{
		kind:   v1alpha1.KindWebSocketRoute,
		set:    func(r *v1alpha1.WebSocketRoute, v *translate.Verdict) { setRoute(r, v, planes, now) },
		status: func(r *v1alpha1.WebSocketRoute) any { return &r.Status },
		conditions: func(r *v1alpha1.WebSocketRoute) (all []metav1.Condition) {
			for _, p := range r.Status.Parents {
				all = append(all, ifOurs(p.ControllerName, p.Conditions)...)
			}
			return all
		},
	}
}

func policies(now metav1.Time) subject[v1alpha1.WebSocketPolicy] {
	return subject[v1alpha1.WebSocketPolicy]{
		kind:       v1alpha1.KindWebSocketPolicy,
		set:        func(p *v1alpha1.WebSocketPolicy, v *translate.Verdict) { setPolicy(&p.Status, v, now) },
		status:     func(p *v1alpha1.WebSocketPolicy) any { return &p.Status },
		conditions: func(p *v1alpha1.WebSocketPolicy) []metav1.Condition { return ofAncestors(&p.Status) },
	}
}

func backendPolicies(now metav1.Time) subject[gatewayv1.BackendTLSPolicy] {
	return subject[gatewayv1.BackendTLSPolicy]{
		kind:       "BackendTLSPolicy",
		set:        func(p *gatewayv1.BackendTLSPolicy, v *translate.Verdict) { setPolicy(&p.Status, v, now) },
		status:     func(p *gatewayv1.BackendTLSPolicy) any { return &p.Status },
		conditions: func(p *gatewayv1.BackendTLSPolicy) []metav1.Condition { return ofAncestors(&p.Status) },
	}
}

func ofAncestors(s *gatewayv1.PolicyStatus) (all []metav1.Condition) {
	for _, a := range s.Ancestors {
		all = append(all, ifOurs(a.ControllerName, a.Conditions)...)
	}
	return all
}

func ifOurs(controller gatewayv1.GatewayController, all []metav1.Condition) []metav1.Condition {
	if controller != translate.ControllerName {
		return nil
	}
	return all
}
