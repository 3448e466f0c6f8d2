package metrics

import "github.com/prometheus/client_golang/prometheus"

// Controller counts what becomes of the one connection to the controller. It is
// safe for concurrent use.
type Controller struct {
	connected   prometheus.Gauge
	ok, failed  prometheus.Counter
	disconnects prometheus.Counter
	refused     func()

	collectors []prometheus.Collector
}

// newController has refused called for a configuration that is refused.
func newController(refused func()) *Controller {
	connects := counterVec(controllerConnects)
	c := &Controller{
		connected: gaugeOf(controllerConnected),
		ok:        connects.WithLabelValues("ok"),
		failed:    connects.WithLabelValues("failed"),
		disconnects: prometheus.NewCounter(
			prometheus.CounterOpts{Name: controllerDisconnects.name, Help: controllerDisconnects.help}),
		refused: refused,
	}
	c.collectors = []prometheus.Collector{c.connected, connects, c.disconnects}
	return c
}

// Connected counts a connection that is there.
func (c *Controller) Connected() {
	c.ok.Inc()
	c.connected.Set(1)
}

// Disconnected counts the end of the connection.
func (c *Controller) Disconnected() {
	c.connected.Set(0)
	c.disconnects.Inc()
}

// Unreachable counts a try that came to no connection.
func (c *Controller) Unreachable() { c.failed.Inc() }

// Refused counts a configuration that was refused before the gateway saw it.
func (c *Controller) Refused() { c.refused() }
