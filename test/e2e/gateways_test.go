package e2e

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// goingAway is the code of a gateway that stops (RFC 6455 7.4.1).
const goingAway = 1001

// drained: sessions of pods that are gone were told that those go away; the
// others notice nothing. It is asked when what is done is done.
func (i *installation) drained(t *testing.T) ends {
	var there []string
	return func(p place) []uint16 {
		if there == nil {
			there = i.podNames(t, gateways)
		}
		if slices.Contains(there, p.gateway) {
			return nil
		}
		return []uint16{goingAway}
	}
}

func testScaleUp(t *testing.T, i *installation) {
	i.disturb(t, "gateways scaled from 2 to 4", func() {
		i.upgrade(t, "gateway.parameters.replicas=4")
		i.settled(t, gateways, withReplicas(4))
	}, nobody)
}

func testNewImage(t *testing.T, i *installation) {
	next := image(nextTag())
	i.disturb(t, "controllers and gateways rolled out with a new image", func() {
		i.upgrade(t, "image.tag="+nextTag())
		i.settled(t, controller, withImage(next))
		i.settled(t, gateways, withImage(next))
	}, i.drained(t)).wantSome(t)
	for _, pod := range i.pods(t, gateways) {
		wantNoRestart(t, pod)
	}
}

func testScaleDown(t *testing.T, i *installation) {
	i.disturb(t, "gateways scaled from 4 to 2", func() {
		i.upgrade(t, "gateway.parameters.replicas=2")
		i.settled(t, gateways, withReplicas(2))
	}, i.drained(t)).wantSome(t)
}

func testGatewayPod(t *testing.T, i *installation) {
	i.disturb(t, "a gateway's pod deleted", func() {
		kubectl(t, "delete", "pod", "--namespace", home, i.podNames(t, gateways)[0])
		i.settled(t, gateways, anyway)
	}, i.drained(t)).wantSome(t)
}

func wantNoRestart(t *testing.T, pod corev1.Pod) {
	t.Helper()
	for _, s := range pod.Status.ContainerStatuses {
		if s.RestartCount > 0 {
			t.Errorf("container %s of pod %s was started again %d times", s.Name, pod.Name, s.RestartCount)
		}
	}
}
