package features

import (
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestEveryReplicaServesAndTheLeaderWritesWhatAllReport(t *testing.T) {
	w := newWorld(t)
	first := w.operator("controller-0")
	w.apply(edge)
	w.wantGateway("edge", accepted) // controller-0 leads
	second := w.operator("controller-1")
	w.pod("edge", "edge-0", second.address)
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)

	// With the leader gone, the other leads, and takes its own word for it.
	first.stop()
	w.remove(echo)
	w.wantStatus("ws", "/echo", "echo", http.StatusNotFound)
	w.apply(echo)
	w.wantRoute("echo", programmed)
	w.eventually(func() error {
		var maps corev1.ConfigMapList
		err := server.Client.List(w.Context(), &maps, client.InNamespace(w.home), client.MatchingLabels{"app.kubernetes.io/component": "reports"})
		if err == nil && len(maps.Items) > 0 {
			return errReportsLeft
		}
		return err
	})
}
