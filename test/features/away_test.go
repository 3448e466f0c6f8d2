package features

import (
	"net/http"
	"testing"

	"switchyard.dev/test/gatewaytest"
)

func TestWithTheControllerAwayTheGatewayServesOn(t *testing.T) {
	w := newWorld(t)
	o, p := w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	c := w.open("ws", "/echo", "echo")

	o.stop()
	c.Send(gatewaytest.Binary([]byte("an old session")))
	c.WantData(gatewaytest.OpBinary, []byte("an old session"))
	fresh := w.open("ws", "/echo", "echo")
	fresh.Send(gatewaytest.Binary([]byte("a new session")))
	fresh.WantData(gatewaytest.OpBinary, []byte("a new session"))
	if err := p.Ready(); err != nil {
		t.Errorf("not ready without the controller: %v", err)
	}

	// What changes meanwhile is served once it is back.
	w.remove(echo)
	back := w.operatorAt("controller-1", o.address)
	w.wantStatus("ws", "/echo", "echo", http.StatusNotFound)
	c.Send(gatewaytest.Binary([]byte("through it all")))
	c.WantData(gatewaytest.OpBinary, []byte("through it all"))
	w.wantGateway("edge", programmed)
	back.stop()
}

func TestAGatewayIsNotReadyBeforeItsFirstConfiguration(t *testing.T) {
	w := newWorld(t)
	w.operator("controller-0")
	w.apply(edge)
	p := w.pod("edge", "edge-0", "127.0.0.1:1")
	if err := p.Ready(); err == nil {
		t.Error("ready without a configuration")
	}
	w.wantGateway("edge", "Programmed=False Pending: no gateway is connected; 0 of 2 pods are ready")
}
