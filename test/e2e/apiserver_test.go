package e2e

import (
	"testing"
	"time"
)

// outage is how long the API server is away. The test does not wait for
// something: it looks on while the gateways are on their own.
const outage = 30 * time.Second

func testAPIServer(t *testing.T, i *installation) {
	process := setting("E2E_PROCESS", "../../hack/cluster/process.sh")
	i.disturb(t, "the API server killed, and away for 30 s", func() {
		run(t, "", process, "stop", "apiserver")
		t.Cleanup(func() { _, _ = try("", process, "start", "apiserver") })
		<-time.After(outage)
		if _, err := try("", "kubectl", "get", "--raw", "/readyz", "--request-timeout=1s"); err == nil {
			t.Error("the API server answers, and should be away")
		}
		run(t, "", process, "start", "apiserver")
		eventually(t, "the API server is back", func() error {
			_, err := try("", "kubectl", "get", "--raw", "/readyz", "--request-timeout=1s")
			return err
		})
		i.settled(t, controller, anyway)
		i.settled(t, gateways, anyway)
	}, nobody)
	i.wantServed(t, "after-outage")
}
