package e2e

import (
	"net"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

const (
	normalClosure = 1000
	badGateway    = 1014
)

// endpointGone: sessions with pods of the service that are gone have ended, as
// the kernel there ended them: by a FIN, or by a reset where bytes were unread.
func (i *installation) endpointGone(t *testing.T) ends {
	var there map[string]corev1.Pod
	return func(p place) []uint16 {
		if there == nil {
			there = map[string]corev1.Pod{}
			for _, pod := range i.pods(t, echo) {
				there[pod.Status.PodIP] = pod
			}
		}
		ip, _, _ := net.SplitHostPort(p.endpoint)
		if _, ok := there[ip]; ok {
			return nil
		}
		return []uint16{normalClosure, badGateway}
	}
}

func testServiceRollout(t *testing.T, i *installation) {
	i.disturb(t, "the echo service rolled out", func() {
		kubectl(t, "rollout", "restart", "deployment/echo", "--namespace", apps)
		i.settled(t, echo, anyway)
	}, i.endpointGone(t)).wantSome(t)
}

func testServicePod(t *testing.T, i *installation) {
	i.disturb(t, "a pod of the echo service killed", func() {
		i.kill(t, echo, i.podNames(t, echo)[0])
		i.settled(t, echo, anyway)
	}, i.endpointGone(t)).wantSome(t)
}

// kill deletes pods without a time to stop in.
func (i *installation) kill(t *testing.T, w workload, pods ...string) {
	t.Helper()
	kubectl(t, append([]string{"delete", "pod", "--namespace", w.namespace, "--force", "--grace-period=0"}, pods...)...)
}
