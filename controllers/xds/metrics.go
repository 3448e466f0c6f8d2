package xds

import "github.com/prometheus/client_golang/prometheus"

// metrics are all that the server counts.
type metrics struct {
	gateways             prometheus.Gauge
	resources, publishes prometheus.Counter
	acks, nacks          prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	answers := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "switchyard_xds_answers_total",
		Help: "Responses that gateways answered: ack took it, nack refused it.",
	}, []string{"result"})
	m := &metrics{
		gateways: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "switchyard_xds_connected_gateways",
			Help: "Gateway pods that take their configuration from this controller now.",
		}),
		resources: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "switchyard_xds_resources_sent_total",
			Help: "Listeners, routes and services that were sent to gateways, removals not counted.",
		}),
		publishes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "switchyard_xds_publishes_total",
			Help: "Configurations that were handed to this server, changed or not.",
		}),
		acks:  answers.WithLabelValues("ack"),
		nacks: answers.WithLabelValues("nack"),
	}
	for _, c := range []prometheus.Collector{m.gateways, m.resources, m.publishes, answers} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}
