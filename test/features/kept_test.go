package features

import (
	"net/http"
	"testing"
)

func TestAGatewayThatStartsWithoutTheControllerServesWhatItKept(t *testing.T) {
	w := newWorld(t)
	o, p := w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	echoes(w.open("ws", "/echo", "echo"), "before")

	o.stop()
	p.stop()
	p.start()
	if err := p.Ready(); err != nil {
		t.Errorf("with what it kept it is not ready: %v", err)
	}
	c := w.open("ws", "/echo", "echo")
	echoes(c, "on its own")

	// What has changed meanwhile comes with the controller.
	w.remove(echo)
	w.operatorAt("controller-1", o.address)
	w.wantStatus("ws", "/echo", "echo", http.StatusNotFound)
	w.wantGateway("edge", programmed)
	echoes(c, "through it all")
}
