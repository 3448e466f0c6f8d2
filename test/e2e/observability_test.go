package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
)

// testObservability: the figures of all pods together are what the crowd knows
// of itself.
func testObservability(t *testing.T, i *installation) {
	eventually(t, "the gateways count the crowd's sessions", func() error {
		return i.wantSum(t, gateways, adminPort, "switchyard_sessions_active", `route="apps/echo"`, crowdSize)
	})
	for _, direction := range []string{"in", "out"} {
		bytes := i.sum(t, gateways, adminPort, "switchyard_session_bytes_total", `route="apps/echo"`, `direction="`+direction+`"`)
		if bytes < crowdSize {
			t.Errorf("the gateways count %v bytes %s, and each of %d sessions has sent some", bytes, direction, crowdSize)
		}
	}
	eventually(t, "the controllers count gateways", func() error {
		return i.wantSum(t, controller, "8080", "switchyard_xds_connected_gateways", "", len(i.podNames(t, gateways)))
	})
	for _, pod := range i.pods(t, gateways) {
		if _, err := get("http://" + net.JoinHostPort(pod.Status.PodIP, adminPort) + "/sessions"); err == nil || !strings.Contains(err.Error(), "403") {
			t.Errorf("whoever reaches a pod is shown its sessions: %v", err)
		}
	}
	if err := i.visit(echoPath + "/for-the-record"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the access log has a record of the visit", func() error { return i.wantRecord(t, echoPath+"/for-the-record/guest") })
}

func (i *installation) wantRecord(t *testing.T, path string) error {
	t.Helper()
	for _, pod := range i.podNames(t, gateways) {
		for line := range strings.Lines(kubectl(t, "logs", "--namespace", home, pod)) {
			var r struct {
				Path, Route, Subprotocol, Service, Cause string
				Code                                     int
			}
			if json.Unmarshal([]byte(line), &r) != nil || r.Path != path {
				continue
			}
			if r.Route != "apps/echo" || r.Subprotocol != "echo" || r.Service != "apps/echo:7" || r.Cause != "client_close" || r.Code != 1000 {
				t.Errorf("the record of a visit is %s", line)
			}
			return nil
		}
	}
	return fmt.Errorf("no record has path %s", path)
}

func (i *installation) wantSum(t *testing.T, w workload, port, metric, label string, want int) error {
	t.Helper()
	if got := i.sum(t, w, port, metric, label); got != float64(want) {
		return fmt.Errorf("%s is %v in all, want %d", metric, got, want)
	}
	return nil
}

// sum adds up the series of a metric that have all these labels, over all pods.
func (i *installation) sum(t *testing.T, w workload, port, metric string, labels ...string) (sum float64) {
	t.Helper()
	for _, pod := range i.pods(t, w) {
		body, err := get("http://" + net.JoinHostPort(pod.Status.PodIP, port) + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(body)) {
			if value, ok := sample(strings.TrimSpace(line), metric, labels); ok {
				sum += value
			}
		}
	}
	return sum
}

// sample is the value of a line of Prometheus' text format, if it is of this
// metric and has these labels.
func sample(line, metric string, labels []string) (float64, bool) {
	series, value, ok := strings.Cut(line, " ")
	name, rest, _ := strings.Cut(series, "{")
	if !ok || name != metric {
		return 0, false
	}
	for _, label := range labels {
		if !strings.Contains(rest, label) {
			return 0, false
		}
	}
	number, err := strconv.ParseFloat(value, 64)
	return number, err == nil
}
