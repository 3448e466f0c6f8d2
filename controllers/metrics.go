package controllers

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are those of the two loops.
type metrics struct {
	translation, publication prometheus.Histogram
	routes, gateways         prometheus.Gauge
	statuses, failures       prometheus.Counter
}

// passBuckets reach from a laptop's few objects to 10,000 routes and more.
var passBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		translation: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "switchyard_controller_translation_seconds", Buckets: passBuckets,
			Help: "Time to read all objects and translate them.",
		}),
		publication: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "switchyard_controller_publication_seconds", Buckets: passBuckets,
			Help: "Time from the start of a pass until its configuration is on its way to the gateways.",
		}),
		routes: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "switchyard_controller_routes", Help: "WebSocketRoutes at the last pass.",
		}),
		gateways: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "switchyard_controller_gateways", Help: "Gateways of Switchyard's classes at the last pass.",
		}),
		statuses: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "switchyard_controller_statuses_written_total", Help: "Writes to the status of objects.",
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "switchyard_controller_failures_total", Help: "Steps of a pass that failed and are tried again; conflicts of two writers are none.",
		}),
	}
	for _, c := range []prometheus.Collector{m.translation, m.publication, m.routes, m.gateways, m.statuses, m.failures} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) translated(took time.Duration, routes, gateways int) {
	m.translation.Observe(took.Seconds())
	m.routes.Set(float64(routes))
	m.gateways.Set(float64(gateways))
}

func (m *metrics) published(took time.Duration) { m.publication.Observe(took.Seconds()) }

func (m *metrics) wrote(n int) { m.statuses.Add(float64(n)) }

func (m *metrics) failed() { m.failures.Inc() }
