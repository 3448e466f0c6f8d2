package features

import (
	"net"
	"testing"
)

func TestWhatAGatewayRefusesIsSaidOnTheGateway(t *testing.T) {
	w := newWorld(t)
	// Somebody else has the port, on this host alone: only the gateway can know.
	taken, err := net.Listen("tcp", w.address("ws"))
	if err != nil {
		t.Fatal(err)
	}
	w.edge()
	w.wantGateway("edge", "Programmed=False Invalid: gateway edge-0 refuses the configuration and serves what it had before: "+
		"open listeners: ...")
	taken.Close()
	// The next change is taken whole.
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantGateway("edge", programmed)
	w.wantRoute("echo", programmed)
}
