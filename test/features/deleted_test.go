package features

import (
	"fmt"
	"strings"
	"testing"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"switchyard.dev/gateway/config"
)

func TestAGatewayThatIsDeletedServesUntilItsPodsEnd(t *testing.T) {
	w := newWorld(t)
	_, p := w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	c := w.open("ws", "/echo", "echo")

	if err := server.Client.Delete(t.Context(), w.gatewayObject("edge")); err != nil {
		t.Fatal(err)
	}
	gone := fmt.Sprintf("Gateway %s/edge is not served by this controller", w.users)
	w.eventually(func() error {
		if !strings.Contains(p.log.String(), gone) {
			return errorString("the gateway is still connected")
		}
		return nil
	})
	_, err := p.ask(&discovery.DeltaDiscoveryRequest{TypeUrl: config.ResourceType})
	if status.Code(err) != codes.NotFound || status.Convert(err).Message() != gone {
		t.Errorf("it may come back: %v", err)
	}
	echoes(c, "an old session")
	echoes(w.open("ws", "/echo", "echo"), "a new session")
	if err := p.Ready(); err != nil {
		t.Error(err)
	}
	w.wantRoute("echo", "Accepted=False NoMatchingParent: there is no Gateway {NS}/edge: create it or name another")
}
