package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"switchyard.dev/gateway/session"
)

// descs are the descriptors of what Collect makes.
var descs = struct{ active, started, bytes, messages, closes, failures *prometheus.Desc }{
	active:   sessionsActive.desc(),
	started:  sessionsTotal.desc(),
	bytes:    sessionBytes.desc(),
	messages: sessionMessages.desc(),
	closes:   sessionCloses.desc(),
	failures: dialFailures.desc(),
}

// Describe is for prometheus.Registerer.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descs.active, descs.started, descs.bytes, descs.messages, descs.closes, descs.failures} {
		ch <- d
	}
}

// Collect is for prometheus.Gatherer: the figures of sessions, live ones
// included.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	for _, metric := range m.figures(m.sample()) {
		ch <- metric
	}
}

// reading is what a live session said of itself.
type reading struct {
	of    *Session
	stats session.Stats
}

// sample asks every live session for its figures. No lock of ours is held: a
// session may hold one of its own while it calls Started or Ended.
func (m *Metrics) sample() []reading {
	var all []reading
	for s := range m.sources.Live {
		all = append(all, reading{s.counted(), s.Stats()})
	}
	return all
}

// figures are the metrics of all series. A session that ended since it was
// sampled is in its series' past by now, with all it did, so its reading is left
// out; one that began since then had done nothing yet worth missing.
func (m *Metrics) figures(sampled []reading) []prometheus.Metric {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.series {
		s.now = s.past
	}
	for _, r := range sampled {
		if s := r.of.in; s != nil {
			s.now = sum(s.now, r.stats)
		}
	}
	var all []prometheus.Metric
	for p, s := range m.series {
		s.shown = highest(s.shown, s.now)
		all = s.append(all, p)
	}
	return all
}

// append adds the metrics of one series.
func (s *series) append(all []prometheus.Metric, p place) []prometheus.Metric {
	add := func(d *prometheus.Desc, kind prometheus.ValueType, value uint64, more ...string) {
		labels := append([]string{p.route, p.subprotocol}, more...)
		all = append(all, prometheus.MustNewConstMetric(d, kind, float64(value), labels...))
	}
	add(descs.active, prometheus.GaugeValue, s.active)
	add(descs.started, prometheus.CounterValue, s.started)
	add(descs.bytes, prometheus.CounterValue, s.shown.BytesIn, "in")
	add(descs.bytes, prometheus.CounterValue, s.shown.BytesOut, "out")
	add(descs.messages, prometheus.CounterValue, s.shown.MessagesIn, "in")
	add(descs.messages, prometheus.CounterValue, s.shown.MessagesOut, "out")
	for c, n := range s.closes {
		add(descs.closes, prometheus.CounterValue, n, c.cause.String(), c.code)
	}
	for result, n := range s.failures {
		add(descs.failures, prometheus.CounterValue, n, result)
	}
	return all
}
