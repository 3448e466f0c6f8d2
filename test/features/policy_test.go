package features

import (
	"fmt"
	"net/http"
	"testing"

	"switchyard.dev/test/gatewaytest"
)

func TestAPolicyHoldsForNewSessions(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	fromPage := func() error {
		c := w.dial("ws")
		defer c.Vanish()
		got := c.Ask(gatewaytest.Upgrade("/echo", "echo").Add("Origin", "https://app.example.com")).StatusCode
		if got != http.StatusSwitchingProtocols {
			return fmt.Errorf("a page is answered %d", got)
		}
		return nil
	}
	if err := fromPage(); err == nil {
		t.Fatal("a page was let in that nobody has listed")
	}
	w.apply(`
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketPolicy
metadata: {name: pages}
spec:
  targetRefs: [{group: switchyard.dev, kind: WebSocketRoute, name: echo}]
  origins: ["https://app.example.com"]
`)
	w.eventually(fromPage)
}
