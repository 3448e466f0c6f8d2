package xds

import (
	"context"
	"math/rand/v2"
	"time"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/go-logr/logr"

	"switchyard.dev/gateway/config"
)

// Options are what a Client needs.
type Options struct {
	// Address is the controller's host:port.
	Address string
	// Certificates is a folder with tls.crt and tls.key, the gateway's own, and
	// ca.crt, the controller's authority. They may be replaced at any time: they
	// are read for every connection.
	Certificates string
	// Node is the gateway's name among those of its Gateway, for people. Who the
	// gateway is, its certificate says.
	Node string
	// Apply serves a configuration, which is valid, or says why it cannot.
	Apply func(*config.Snapshot) error
	// Serving is what is served already, with the versions of its resources; nil
	// is nothing.
	Serving  *config.Snapshot
	Versions map[string]string
	// Applied, unless nil, is told what Apply has taken. Both are the receiver's
	// to keep and not to change.
	Applied func(s *config.Snapshot, versions map[string]string)
	// Observer counts.
	Observer Observer
	Log      logr.Logger
}

// Observer is told what becomes of the connection, for figures.
type Observer interface {
	// Connected and Disconnected are the beginning and the end of a connection.
	Connected()
	Disconnected()
	// Unreachable is a try that came to no connection.
	Unreachable()
	// Refused is a configuration that did not come as far as Apply.
	Refused()
}

// complainAfter is how far apart the log is told of tries that failed.
const complainAfter = time.Minute

// Client follows a controller.
type Client struct {
	o Options
	// connect opens a stream with the controller; hangUp ends it.
	connect func(context.Context) (s stream, hangUp func(), err error)
	held    *holding
	// settled is whether what is held is what is served.
	settled bool
	// complained is when the log was last told that there is no controller.
	complained time.Time
}

// stream is what a connection with the controller is to a Client.
type stream interface {
	Send(*discovery.DeltaDiscoveryRequest) error
	Recv() (*discovery.DeltaDiscoveryResponse, error)
}

// New is a client that is not connected yet.
func New(o Options) *Client {
	c := &Client{o: o, held: newHolding(o.Serving, o.Versions), settled: o.Serving != nil}
	c.connect = c.dial
	return c
}

// Run follows the controller until ctx ends, and returns when nothing will be
// applied any more. It is called once.
func (c *Client) Run(ctx context.Context) {
	fruitless := 0
	for ctx.Err() == nil {
		if c.meet(ctx) {
			fruitless = 0
		}
		pause(ctx, delay(fruitless, rand.Float64()))
		fruitless++
	}
}

// meet is one connection from its beginning to its end. It says whether it
// brought anything.
func (c *Client) meet(ctx context.Context) (delivered bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, hangUp, err := c.connect(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.o.Observer.Unreachable()
			c.complain(err)
		}
		return false
	}
	defer hangUp()
	c.complained = time.Time{}
	c.o.Observer.Connected()
	defer c.o.Observer.Disconnected()
	c.o.Log.Info("Connected to the controller", "address", c.o.Address, "resources", len(c.held.pieces))
	delivered, err = c.converse(s)
	if ctx.Err() == nil {
		c.o.Log.Info("Lost the controller, serving on and trying again", "address", c.o.Address, "reason", err.Error())
	}
	return delivered
}

// complain logs a try that failed, at most once in complainAfter: an outage may
// last. The others are for those who look closer.
func (c *Client) complain(err error) {
	log := c.o.Log
	if time.Since(c.complained) < complainAfter {
		log = log.V(1)
	} else {
		c.complained = time.Now()
	}
	log.Info("Cannot reach the controller, trying on", "address", c.o.Address, "reason", err.Error())
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
