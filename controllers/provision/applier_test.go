package provision

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/test/kubetest"
)

// TestApplier has one API server for all its cases.
func TestApplier(t *testing.T) {
	server := kubetest.Start(t)
	for name, test := range map[string]func(*rig){
		"all is made, and goes with the Gateway":               allIsMade,
		"what is as desired costs no call":                     nothingToDo,
		"what somebody changes is repaired":                    driftIsRepaired,
		"a new listener changes the Service alone":             listenerComes,
		"a Service stays when no listener is served":           serviceStays,
		"what a class named goes when the class changes":       classChanges,
		"an object that nobody controls is not taken over":     nobodysObject,
		"another Gateway's object is not taken over":           anothersObject,
		"an object that lost its label is found all the same":  lostLabel,
		"a Gateway that is not accepted is left as it is":      notAccepted,
		"what a Gateway of another controller's had goes":      left,
		"one Gateway that fails does not stop another":         oneFails,
		"what failed is tried again later, or when it changes": failureWaits,
		"an autoscaler comes and goes, and no pod with it":     autoscalerComesAndGoes,
		"an autoscaler starts a Deployment of no pods":         autoscalerOfNone,
		"addresses and failures are told":                      addressesAndFailures,
		"a cache that is behind costs no call":                 cacheIsBehind,
		"pods are within the Pod Security Standard":            podsAreRestricted,
		"a restart finds what it had made":                     restart,
	} {
		t.Run(name, func(t *testing.T) { test(newRig(t, server)) })
	}
}

var (
	basic      = []string{kindDeployment, kindPodDisruptionBudget, kindService, kindServiceAccount}
	autoscaled = []string{kindDeployment, kindHorizontalPodAutoscaler, kindPodDisruptionBudget, kindService, kindServiceAccount}
)

func (r *rig) want(got, want any) {
	r.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		r.Errorf("unlike expected (-want +got):\n%s", diff)
	}
}

func allIsMade(r *rig) {
	g := r.gateway("edge", 80, 443)
	g.Parameters.Autoscaling = &v1alpha1.Autoscaling{MaxReplicas: 5}
	states, _ := r.mustApply(g)
	r.want(r.owned(g), autoscaled)
	// No garbage collector runs here; it goes by these.
	c, err := look(r.Context(), r.plain)
	if err != nil {
		r.Fatal(err)
	}
	for _, name := range c.owned[g.UID] {
		r.want(c.objects[name].GetOwnerReferences(), []metav1.OwnerReference{{
			APIVersion: "gateway.networking.k8s.io/v1", Kind: "Gateway", Name: "edge", UID: g.UID,
			Controller: new(true), BlockOwnerDeletion: new(true),
		}})
	}
	r.want(states["edge"], State{Wanted: 1})
}

func nothingToDo(r *rig) {
	g := r.gateway("edge", 80)
	_, first := r.mustApply(g)
	r.want(first, []string{
		"get ServiceAccount", "apply ServiceAccount", "get Deployment", "apply Deployment",
		"get Service", "apply Service", "get PodDisruptionBudget", "apply PodDisruptionBudget",
	})
	_, second := r.mustApply(g)
	r.want(second, []string(nil))

	d := r.deployment("edge-switchyard")
	d.Status.Replicas, d.Status.ReadyReplicas = 2, 1
	if err := r.plain.Status().Update(r.Context(), d); err != nil {
		r.Fatal(err)
	}
	states, third := r.mustApply(g)
	r.want(third, []string(nil))
	r.want(states["edge"], State{Ready: 1, Wanted: 2})
}

func driftIsRepaired(r *rig) {
	g := r.gateway("edge", 80, 443)
	r.mustApply(g)
	d, s := r.deployment("edge-switchyard"), r.service("edge-switchyard")
	r.asUser(d.DeepCopy(), `{"spec":{"replicas":7,"template":{"spec":{"containers":[{"name":"gateway","image":"example.com/evil:v1","args":["--x"]}]}}}}`)
	r.asUser(s.DeepCopy(), `{"spec":{"ports":[{"name":"port-80","port":80,"targetPort":22}]},"metadata":{"labels":{"gateway.networking.k8s.io/gateway-name":null}}}`)

	_, calls := r.mustApply(g)
	r.want(calls, []string{"apply Deployment", "apply Service"})
	r.want(r.deployment("edge-switchyard").Spec, d.Spec)
	repaired := r.service("edge-switchyard")
	r.want(repaired.Labels, s.Labels)
	r.want(portsOf(repaired), portsOf(s))

	if err := r.plain.Delete(r.Context(), s); err != nil {
		r.Fatal(err)
	}
	_, calls = r.mustApply(g)
	r.want(calls, []string{"get Service", "apply Service"})
	_, calls = r.mustApply(g)
	r.want(calls, []string(nil))
}

// portsOf are without the ports of nodes, which the API server chooses.
func portsOf(s *corev1.Service) []corev1.ServicePort {
	var ports []corev1.ServicePort
	for _, p := range s.Spec.Ports {
		p.NodePort = 0
		ports = append(ports, p)
	}
	return ports
}

func listenerComes(r *rig) {
	g := r.gateway("edge", 80)
	r.mustApply(g)
	before := r.deployment("edge-switchyard")
	node := r.service("edge-switchyard").Spec.Ports[0].NodePort
	serve(&g, "wss", 443)
	_, calls := r.mustApply(g)
	r.want(calls, []string{"apply Service"})
	r.want(r.deployment("edge-switchyard").Generation, before.Generation)
	ports := r.service("edge-switchyard").Spec.Ports
	if len(ports) != 2 || ports[0].NodePort != node {
		r.Errorf("%v, want the port of nodes to stay %d", ports, node)
	}
}

func serviceStays(r *rig) {
	g := r.gateway("edge", 80)
	r.mustApply(g)
	before := r.service("edge-switchyard")
	g.Snapshot.Listeners = nil
	_, calls := r.mustApply(g)
	r.want(calls, []string(nil))
	r.want(r.service("edge-switchyard").ResourceVersion, before.ResourceVersion)
}

func classChanges(r *rig) {
	g, other := r.gateway("edge", 80), r.gateway("other", 80)
	r.mustApply(g, other)
	g.Spec.GatewayClassName = "tram"
	r.mustApply(g, other)
	r.want(r.owned(g), basic)
	r.want(r.owned(other), basic)
	r.deployment("edge-tram")
	r.want(len(r.applier.applied), 2*len(basic))
	// What was left of a Gateway that is gone is not kept for ever either.
	r.mustApply(other)
	r.want(len(r.applier.applied), len(basic))
}

func nobodysObject(r *rig) {
	foreign := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.namespace, Name: "edge-switchyard"},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 5432}}},
	}
	if err := r.plain.Create(r.Context(), foreign); err != nil {
		r.Fatal(err)
	}
	g := r.gateway("edge", 80)
	states, _ := r.apply(g)
	want := "Service " + r.namespace + "/edge-switchyard is there already and is controlled by nobody, not by this Gateway (uid " +
		string(g.UID) + "): delete or rename it"
	if err := states["edge"].Err; err == nil || err.Error() != want {
		r.Errorf("got %v\nwant %s", err, want)
	}
	r.want(states["edge"].Addresses, []gatewayv1.GatewayStatusAddress(nil))
	r.want(r.service("edge-switchyard").ResourceVersion, foreign.ResourceVersion)
}

// anothersObject: "a-b" of class "c" has the name of "a" of class "b-c".
func anothersObject(r *rig) {
	first, second := r.gateway("a-b", 80), r.gateway("a", 81)
	first.Spec.GatewayClassName, second.Spec.GatewayClassName = "c", "b-c"
	states, _ := r.apply(first, second)
	if err := states["a-b"].Err; err != nil {
		r.Error(err)
	}
	want := "Service " + r.namespace + "/a-b-c is there already and is controlled by Gateway a-b (uid " + string(first.UID) +
		"), not by this Gateway (uid " + string(second.UID) + "): delete or rename it"
	if err := states["a"].Err; err == nil || !strings.Contains(err.Error(), want) {
		r.Errorf("got %v\nwant %s", err, want)
	}
	r.want(states["a"].Wanted, int32(0))
	_, calls := r.apply(first, second)
	r.want(calls, []string(nil))
	r.want(r.service("a-b-c").Spec.Ports[0].Port, int32(80))
}

func lostLabel(r *rig) {
	g := r.gateway("edge", 80)
	r.mustApply(g)
	r.asUser(r.deployment("edge-switchyard"), `{"metadata":{"labels":{"app.kubernetes.io/managed-by":null}}}`)
	_, calls := r.mustApply(g)
	r.want(calls, []string{"get Deployment", "apply Deployment"})
	r.want(r.owned(g), basic)
}

func notAccepted(r *rig) {
	g := r.gateway("edge", 80)
	r.mustApply(g)
	g.Accepted, g.Parameters.Replicas = false, new(int32(9))
	states, calls := r.mustApply(g)
	r.want(calls, []string(nil))
	r.want(states["edge"].Wanted, int32(2))

	g.Accepted, g.DeletionTimestamp = true, new(metav1.Now())
	_, calls = r.mustApply(g)
	r.want(calls, []string(nil))
}

func oneFails(r *rig) {
	bad, refused, good := r.gateway("bad", 80), r.gateway("refused", 80), r.gateway("good", 80)
	bad.Parameters.Drain = &v1alpha1.Drain{Window: new(gatewayv1.Duration("soon"))}
	refused.Parameters.Service = &v1alpha1.ServiceParameters{LoadBalancerSourceRanges: []string{"everywhere"}}
	states, _ := r.apply(bad, refused, good)
	if s := states["bad"]; s.Err == nil || s.RetryAfter != 0 {
		r.Errorf("%+v, and only a change can help", s)
	}
	if s := states["refused"]; s.Err == nil || s.RetryAfter != firstRetry || !strings.Contains(s.Err.Error(), "apply Service "+r.namespace+"/refused-switchyard: ") {
		r.Errorf("%+v", s)
	}
	if err := states["good"].Err; err != nil {
		r.Error(err)
	}
	r.want(r.owned(bad), []string(nil))
	r.want(r.owned(good), basic)
}

func failureWaits(r *rig) {
	g := r.gateway("edge", 80)
	g.Parameters.Service = &v1alpha1.ServiceParameters{LoadBalancerSourceRanges: []string{"everywhere"}}
	first, _ := r.apply(g)
	again, calls := r.apply(g)
	r.want(calls, []string(nil))
	r.want(again["edge"].Err == first["edge"].Err, true)

	r.now = r.now.Add(firstRetry)
	later, calls := r.apply(g)
	r.want(calls, []string{"get Service", "apply Service"})
	r.want(later["edge"].RetryAfter, 2*firstRetry)
	for range 20 {
		r.now = r.now.Add(later["edge"].RetryAfter)
		later, _ = r.apply(g)
	}
	r.want(later["edge"].RetryAfter, lastRetry)

	g.Parameters.Service = nil
	r.mustApply(g)
	r.want(len(r.applier.failures), 0)
}

func podsAreRestricted(r *rig) {
	g := r.gateway("edge", 80)
	r.mustApply(g)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: r.namespace}}
	r.asUser(namespace, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`)
	create := func(spec corev1.PodSpec) error {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: r.namespace, Name: "pod"}, Spec: spec}
		return r.plain.Create(r.Context(), pod, client.DryRunAll)
	}
	// The API server takes a moment to see the label.
	loose := corev1.PodSpec{Containers: []corev1.Container{{Name: "loose", Image: "example.com/loose:v1"}}}
	for create(loose) == nil {
	}
	if err := create(r.deployment("edge-switchyard").Spec.Template.Spec); err != nil {
		r.Error(err)
	}
}

func restart(r *rig) {
	g := r.gateway("edge", 80)
	r.mustApply(g)
	before := r.deployment("edge-switchyard")
	r.applier = New(r.applier.client, r.applier.live, options)
	_, calls := r.mustApply(g)
	r.want(calls, []string{"apply ServiceAccount", "apply Deployment", "apply Service", "apply PodDisruptionBudget"})
	r.want(r.deployment("edge-switchyard").ResourceVersion, before.ResourceVersion)
}

func left(r *rig) {
	g, other := r.gateway("edge", 80), r.gateway("other", 81)
	r.mustApply(g, other)
	// The class may have been made anew, by another controller, under its name.
	if err := r.applier.Leave(r.Context(), []*gatewayv1.Gateway{g.Gateway}); err != nil {
		r.Fatal(err)
	}
	r.want(r.owned(g), []string(nil))
	r.want(r.owned(other), basic)
	r.calls = nil
	if err := r.applier.Leave(r.Context(), []*gatewayv1.Gateway{g.Gateway}); err != nil {
		r.Fatal(err)
	}
	r.want(r.calls, []string(nil))
}
