package xds

import (
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"

	"switchyard.dev/gateway/config"
)

// Words of xDS.
const (
	// everything as a resource's name subscribes to all of its type.
	everything = "*"
	userAgent  = "switchyard-gateway"
)

// converse subscribes and takes what comes, until the stream ends. It says
// whether anything came.
func (c *Client) converse(s stream) (delivered bool, err error) {
	if err := s.Send(c.subscription()); err != nil {
		return false, ended(s, err)
	}
	for {
		r, err := s.Recv()
		if err != nil {
			return delivered, err
		}
		delivered = true
		if err := s.Send(c.answer(r)); err != nil {
			return true, ended(s, err)
		}
	}
}

// ended is why a stream takes no more: Send itself only says that it does not.
func ended(s stream, err error) error {
	for {
		if _, why := s.Recv(); why != nil {
			return why
		}
	}
}

// subscription asks for everything that differs from what is held.
func (c *Client) subscription() *discovery.DeltaDiscoveryRequest {
	return &discovery.DeltaDiscoveryRequest{
		Node:                    &core.Node{Id: c.o.Node, UserAgentName: userAgent},
		TypeUrl:                 config.ResourceType,
		ResourceNamesSubscribe:  []string{everything},
		InitialResourceVersions: c.held.versions(),
	}
}

// answer takes a response and is the ACK or the NACK for it.
func (c *Client) answer(r *discovery.DeltaDiscoveryResponse) *discovery.DeltaDiscoveryRequest {
	answer := &discovery.DeltaDiscoveryRequest{TypeUrl: config.ResourceType, ResponseNonce: r.GetNonce()}
	log := c.o.Log.WithValues("version", r.GetSystemVersionInfo(), "changed", len(r.GetResources()), "removed", len(r.GetRemovedResources()))
	first := !c.settled
	if err := c.take(r); err != nil {
		answer.ErrorDetail = refusal(err)
		log.Error(err, "Configuration is refused, serving on with what is here")
		return answer
	}
	if !first {
		log = log.V(1)
	}
	log.Info("Configuration is served", "resources", len(c.held.pieces))
	return answer
}

// take makes what a response changes serve, or changes nothing of what serves.
// A response that changes nothing is judged like the one before it: a controller
// that is new to it must learn of what is wrong, and what the host refused it may
// grant now.
func (c *Client) take(r *discovery.DeltaDiscoveryResponse) error {
	if err := c.held.merge(r); err != nil {
		c.o.Observer.Refused()
		return err
	}
	if c.settled && len(r.GetResources())+len(r.GetRemovedResources()) == 0 {
		return nil
	}
	c.settled = false
	s, err := c.held.snapshot()
	if err == nil {
		err = config.Validate(s)
	}
	if err != nil {
		c.o.Observer.Refused()
		return err
	}
	if err := c.o.Apply(s); err != nil {
		return err
	}
	c.settled = true
	if c.o.Applied != nil {
		c.o.Applied(s, c.held.versions())
	}
	return nil
}
