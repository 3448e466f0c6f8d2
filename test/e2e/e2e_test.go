package e2e

import (
	"os"
	"testing"

	"switchyard.dev/test/e2e/crowd"
)

// scenarios are in order: they share one installation, and the last takes it
// away.
var scenarios = []struct {
	name string
	run  func(*testing.T, *installation)
}{
	{"what is installed is ready and says so", testInstalled},
	{"an unmodified mqtt.js", testMQTT},
	{"a route that cannot be served is told what is missing", testMissingService},
	{"what a session leaves behind", testObservability},
	{"the gateways are scaled up", testScaleUp},
	{"a new image", testNewImage}, // which spreads the sessions over the new pods
	{"the gateways are scaled down", testScaleDown},
	{"a gateway's pod is deleted", testGatewayPod},
	{"an upgrade that concerns the controller alone", testControllerUpgrade},
	{"the service is rolled out", testServiceRollout},
	{"a pod of the service is killed", testServicePod},
	{"the leading controller is killed", testLeader},
	{"all controllers are killed", testAllControllers},
	{"the certificate is replaced", testCertificate},
	{"500 changes of other routes", testOtherRoutes},
	{"the route is deleted and made again", testRouteAgain},
	{"the API server is away", testAPIServer},
	{"from kubectl apply to the first session", testTiming},
	{"the release is uninstalled", testUninstall},
}

func TestEndToEnd(t *testing.T) {
	if os.Getenv("E2E") == "" {
		t.Skip("this needs a cluster of its own: make e2e")
	}
	i := install(t)
	i.crowd = crowd.Gather(crowdSize, pace, i.entrances()...)
	t.Cleanup(func() { i.crowd.Disperse() })
	if report, err := i.report(t); err != nil || len(report.Fresh) != crowdSize || len(report.Failures) > 0 {
		complain(t, "handshakes failed", report.Failures)
		t.Fatalf("of %d sessions, %d were opened: %v", crowdSize, len(report.Fresh), err)
	}
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, i) })
	}
	t.Logf("what it cost %d sessions, and whoever came in meanwhile:\n%v", crowdSize, i.board)
}
