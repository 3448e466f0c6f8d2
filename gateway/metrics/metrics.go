package metrics

import (
	"iter"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard.dev/gateway/config"
)

// Sources are where metrics come from that are read only when they are asked
// for.
type Sources struct {
	// Live yields the live sessions. A session is in it from Started until after
	// Ended.
	Live iter.Seq[Live]
	// HandshakeResults is the closed set of words that Handshake is told.
	HandshakeResults []string
	// AccessLogDropped counts lost records; nil where there is no access log.
	AccessLogDropped func() uint64
}

// Metrics are the gateway's metrics. It is safe for concurrent use, and nothing
// is done for a message: bytes and messages of live sessions are read from the
// sessions when they are asked for.
type Metrics struct {
	sources       Sources
	handshakes    map[string]prometheus.Counter
	configOK      prometheus.Counter
	configBad     prometheus.Counter
	configApplied prometheus.Gauge
	certificates  *certificates
	controller    *Controller

	mu     sync.Mutex
	series map[place]*series

	sessionDuration, dialDuration *prometheus.HistogramVec
}

// New registers the metrics with reg.
func New(reg prometheus.Registerer, sources Sources) (*Metrics, error) {
	m := &Metrics{
		sources:    sources,
		handshakes: make(map[string]prometheus.Counter),
		series:     make(map[place]*series),

		sessionDuration: histogramVec(sessionDuration, sessionSeconds),
		dialDuration:    histogramVec(dialDuration, dialSeconds),
	}
	handshakes, applied := counterVec(handshakesTotal), counterVec(configApplied)
	for _, result := range sources.HandshakeResults {
		m.handshakes[result] = handshakes.WithLabelValues(result)
	}
	m.configOK, m.configBad = applied.WithLabelValues("ok"), applied.WithLabelValues("rejected")
	m.configApplied = gaugeOf(configLastApplied)
	m.certificates = newCertificates()
	m.controller = newController(m.Rejected)
	dropped := prometheus.NewCounterFunc(
		prometheus.CounterOpts{Name: accessLogDropped.name, Help: accessLogDropped.help}, m.dropped)

	for _, c := range append(m.controller.collectors,
		m, m.sessionDuration, m.dialDuration, handshakes, applied, m.configApplied, m.certificates.gauge, dropped) {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func gaugeOf(f family) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: f.name, Help: f.help})
}

func counterVec(f family) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: f.name, Help: f.help}, f.labels)
}

func histogramVec(f family, buckets []float64) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: f.name, Help: f.help, Buckets: buckets}, f.labels)
}

func (m *Metrics) dropped() float64 {
	if m.sources.AccessLogDropped == nil {
		return 0
	}
	return float64(m.sources.AccessLogDropped())
}

// Handshake counts a handshake. A result that New was not told of is not
// counted: a label takes no words but those of its closed set.
func (m *Metrics) Handshake(result string) {
	if c, known := m.handshakes[result]; known {
		c.Inc()
	}
}

// Dialled tells how long a connection to the service of a route took.
func (m *Metrics) Dialled(route, subprotocol string, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at(route, subprotocol).dials.Observe(took.Seconds())
}

// Unreachable counts a handshake that was refused with result since no
// connection with the service of a route came about. A result outside the closed
// set is not counted.
func (m *Metrics) Unreachable(route, subprotocol, result string) {
	if _, known := m.handshakes[result]; !known {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at(route, subprotocol).failures[result]++
}

// Applied counts a configuration that now serves, and forgets the routes and
// subprotocols that it no longer has, except where sessions live on; those are
// forgotten with the first configuration after their end. Two calls are never
// under way together.
func (m *Metrics) Applied(s *config.Snapshot, now time.Time) {
	m.configOK.Inc()
	m.configApplied.Set(float64(now.UnixMilli()) / float64(time.Second/time.Millisecond))
	m.certificates.applied(s.GetListeners())
	m.retain(places(s))
}

// Rejected counts a configuration that does not serve.
func (m *Metrics) Rejected() { m.configBad.Inc() }

// Controller is what is told of the connection to the controller.
func (m *Metrics) Controller() *Controller { return m.controller }
