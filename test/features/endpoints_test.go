package features

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"switchyard.dev/test/gatewaytest"
)

func TestNewSessionsFollowAnEndpointThatMovesAndOldOnesStay(t *testing.T) {
	w := newWorld(t)
	_, p := w.edge()
	before, after := w.yard.Script(), w.yard.Script()
	w.service("echo", before.Addr)
	w.apply(echo)
	w.wantRoute("echo", programmed)
	old := w.open("ws", "/echo", "echo")
	oldService := before.Accept(t)

	w.service("echo", after.Addr)
	w.eventually(func() error {
		for _, s := range p.Config().GetServices() {
			if e := s.GetEndpoints(); len(e) == 1 && fmt.Sprintf("%s:%d", e[0].Address, e[0].Port) == after.Addr {
				return nil
			}
		}
		return errors.New("the gateway has not heard of the new endpoint")
	})
	fresh := w.open("ws", "/echo", "echo")
	freshService := after.Accept(t)
	for name, pair := range map[string]struct {
		c *gatewaytest.Client
		s *gatewaytest.Service
	}{"the old": {old, oldService}, "the new": {fresh, freshService}} {
		pair.c.Send(gatewaytest.Binary([]byte(name)))
		pair.s.Want([]byte(name))
		pair.s.Send([]byte("heard " + name))
		pair.c.WantData(gatewaytest.OpBinary, []byte("heard "+name))
	}
}

func TestAServiceWithoutEndpointsIsRefusedUntilItHasOne(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo")
	w.apply(echo)
	w.wantRoute("echo", programmed)
	w.wantStatus("ws", "/echo", "echo", http.StatusServiceUnavailable)
	w.service("echo", w.yard.Echo())
	w.wantStatus("ws", "/echo", "echo", http.StatusSwitchingProtocols)
}
