package provision

import (
	"context"
	"errors"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Leave takes away the data planes of Gateways that are another controller's
// now: nobody would bring them up to date any more, and what they serve would
// stay as it is for ever. Most have none, which costs no call.
func (a *Applier) Leave(ctx context.Context, gateways []*gatewayv1.Gateway) error {
	if len(gateways) == 0 {
		return nil
	}
	cluster, err := look(ctx, a.client)
	if err != nil {
		return err
	}
	var errs []error
	for _, g := range gateways {
		errs = append(errs, a.prune(ctx, g, nil, cluster))
	}
	return errors.Join(errs...)
}
