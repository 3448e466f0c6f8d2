package features

import (
	"fmt"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/provision"
)

func TestAGatewayIsGivenItsPods(t *testing.T) {
	w := newWorld(t)
	w.operator("controller-0")
	w.apply(edge)
	for _, o := range []client.Object{&appsv1.Deployment{}, &corev1.Service{}, &corev1.ServiceAccount{}, &policyv1.PodDisruptionBudget{}} {
		w.wantOwned(o)
	}
	w.wantPorts("ws")
	var secret corev1.Secret
	g := w.gatewayObject("edge")
	w.eventually(func() error { return server.Client.Get(w.Context(), w.key(provision.SecretName(g)), &secret) })
	if !metav1.IsControlledBy(&secret, g) {
		t.Errorf("the Secret's owners are %v", secret.OwnerReferences)
	}

	w.apply(`
apiVersion: switchyard.dev/v1alpha1
kind: GatewayParameters
metadata: {name: inside}
spec: {service: {type: ClusterIP}, autoscaling: {minReplicas: 3, maxReplicas: 9}}
`)
	var scaler autoscalingv2.HorizontalPodAutoscaler
	w.wantOwned(&scaler)
	if scaler.Spec.MinReplicas == nil || *scaler.Spec.MinReplicas != 3 || scaler.Spec.MaxReplicas != 9 {
		t.Errorf("the autoscaler is %+v", scaler.Spec)
	}
}

func TestAListenerThatIsAddedIsServedByThePodsThatRun(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	c := w.open("ws", "/echo", "echo")
	var before, after appsv1.Deployment
	w.wantOwned(&before)

	w.apply(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  gatewayClassName: "{NS}"
  infrastructure:
    parametersRef: {group: switchyard.dev, kind: GatewayParameters, name: inside}
  listeners:
  - {name: ws, protocol: HTTP, port: {PORT:ws}}
  - {name: more, protocol: HTTP, port: {PORT:more}}
`)
	w.wantListener("edge", "more", programmed)
	w.wantPorts("ws", "more")
	echoes(w.open("more", "/echo", "echo"), "a new listener")
	echoes(c, "an old session")
	w.wantOwned(&after)
	if before.UID != after.UID || before.Generation != after.Generation {
		t.Errorf("the Deployment was of generation %d and is of %d: its pods are started anew", before.Generation, after.Generation)
	}
}

func TestWhatSomebodyChangesOfADeploymentIsRepaired(t *testing.T) {
	w := newWorld(t)
	w.operator("controller-0")
	w.apply(edge)
	var d appsv1.Deployment
	w.wantOwned(&d)
	w.eventually(func() error {
		w.wantOwned(&d)
		d.Spec.Template.Spec.Containers[0].Image = "theirs:1"
		return server.Client.Update(w.Context(), &d, client.FieldOwner("kubectl"))
	})
	w.eventually(func() error {
		w.wantOwned(&d)
		if got := d.Spec.Template.Spec.Containers[0].Image; got != "switchyard:test" {
			return fmt.Errorf("its image is %s", got)
		}
		return nil
	})
}

// wantOwned waits for an object of edge's pods, reads it, and wants it to go when
// edge goes.
func (w *world) wantOwned(o client.Object) {
	w.Helper()
	g := w.gatewayObject("edge")
	w.eventually(func() error {
		if err := server.Client.Get(w.Context(), w.key(provision.Name(g)), o); err != nil {
			return err
		}
		if !metav1.IsControlledBy(o, g) {
			return fmt.Errorf("%T: its owners are %v", o, o.GetOwnerReferences())
		}
		return nil
	})
}

// wantPorts waits until edge's Service has these ports, by their names here.
func (w *world) wantPorts(names ...string) {
	w.Helper()
	var want, got []int32
	for _, name := range names {
		want = append(want, int32(w.port(name)))
	}
	slices.Sort(want)
	w.eventually(func() error {
		var s corev1.Service
		w.wantOwned(&s)
		got = got[:0]
		for _, p := range s.Spec.Ports {
			got = append(got, p.Port)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			return fmt.Errorf("the Service has ports %v, want %v", got, want)
		}
		return nil
	})
}
