package features

import (
	"net/http"
	"testing"

	"switchyard.dev/test/gatewaytest"
)

func TestARouteThatIsAppliedIsServed(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)

	w.wantRoute("echo", programmed)
	w.wantRoute("echo", accepted)
	w.wantRoute("echo", resolved)
	w.wantGateway("edge", accepted)
	w.wantGateway("edge", programmed)
	c := w.open("ws", "/echo", "echo")
	c.Send(gatewaytest.Binary([]byte("hello")))
	c.WantData(gatewaytest.OpBinary, []byte("hello"))
	c.Bye()
}

func TestARouteThatIsDeletedIsRefusedAndItsSessionsStay(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	c := w.open("ws", "/echo", "echo")

	w.remove(echo)
	w.wantStatus("ws", "/echo", "echo", http.StatusNotFound)
	c.Send(gatewaytest.Binary([]byte("still here")))
	c.WantData(gatewaytest.OpBinary, []byte("still here"))
}

func TestARouteIsChangedUnderItsSessions(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	c := w.open("ws", "/echo", "echo")

	w.apply(`
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: echo}
spec:
  parentRefs: [{name: edge}]
  path: {value: /elsewhere}
  subprotocols:
  - name: mirror
    backendRefs: [{name: echo, port: 7}]
`)
	w.wantRoute("echo", programmed)
	w.wantStatus("ws", "/elsewhere", "mirror", http.StatusSwitchingProtocols)
	w.wantStatus("ws", "/echo", "echo", http.StatusNotFound)
	c.Send(gatewaytest.Binary([]byte("as before")))
	c.WantData(gatewaytest.OpBinary, []byte("as before"))
}

func TestAMistakeSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.apply(echo)
	w.wantRoute("echo", accepted)
	w.wantRoute("echo", "ResolvedRefs=False BackendNotFound: spec.subprotocols[echo].backendRefs[0]: "+
		"there is no Service {NS}/echo: create it or name another")
	w.wantStatus("ws", "/echo", "echo", http.StatusServiceUnavailable)

	w.service("echo", w.yard.Echo())
	w.wantRoute("echo", resolved)
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)
}

func TestOfTwoRoutesThatClaimTheSameTheOlderWins(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	w.nextSecond()
	w.apply(`
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: another}
spec:
  parentRefs: [{name: edge}]
  path: {value: /echo}
  subprotocols:
  - name: echo
    backendRefs: [{name: none, port: 7}]
`)
	w.wantRoute("another", "Accepted=False Conflicted: ...")
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)
}
