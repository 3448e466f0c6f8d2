package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"switchyard.dev/test/e2e/crowd"
)

// visit is one client of a path: a handshake, an echo, a proper end.
func (i *installation) visit(path string) error {
	return crowd.Visit(context.Background(), i.entrance(path), "guest", pace)
}

// wantRefusal wants a visit to have been answered with an HTTP status.
func wantRefusal(err error, status string) error {
	if err == nil {
		return errors.New("they are served")
	}
	if !strings.Contains(err.Error(), "was answered "+status) {
		return fmt.Errorf("%w: want %s", err, status)
	}
	return nil
}

// routeYAML is a route from a path of the host to port 7 of a Service.
func routeYAML(name, path, service string) string {
	return fmt.Sprintf(`
apiVersion: switchyard.dev/v1alpha1
kind: WebSocketRoute
metadata: {name: %s}
spec:
  hostnames: [%s]
  path: {value: %s}
  subprotocols:
  - name: echo
    backendRefs: [{name: %s, port: 7}]
`, name, host, path, service)
}
