package gateway

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"switchyard.dev/gateway/handshake"
)

var (
	errDraining     = errors.New("draining: the gateway is stopping")
	errUnconfigured = errors.New("no configuration yet")
)

// lastGrace is how long refusals and requests to the admin listener may take to
// end, once no session is left.
const lastGrace = refuseTime

// stop ends everything in the order that costs clients least.
func (g *Gateway) stop() {
	g.log.Info("Draining", "sessions", g.sessions.Len(), "window", g.options.DrainWindow)
	// From here on: not ready, and new requests are refused with 503.
	report := g.sessions.Drain(context.Background(), g.options.DrainWindow, g.options.DrainTimeout)
	g.listeners.Close()
	// Answers that are under way may arrive: the process's end would reset them.
	ctx, cancel := context.WithTimeout(context.Background(), lastGrace)
	defer cancel()
	g.listeners.Wait(ctx)
	g.drivers.close()
	g.plain.close()
	if g.admin != nil {
		_ = g.admin.Shutdown(ctx) // what is left ends with the process
	}
	if err := g.access.Close(); err != nil {
		g.log.Error(err, "Cannot finish the access log")
	}
	g.log.Info("Stopped", "sessions", report.Sessions, "closed", report.Closed, "cut", report.Cut)
}

func runtimeCollectors() []prometheus.Collector {
	return []prometheus.Collector{
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}
}

func results() []string {
	var words []string
	for _, r := range handshake.Results() {
		words = append(words, string(r))
	}
	return words
}
