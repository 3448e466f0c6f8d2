package metrics

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/session"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fake is a session whose figures a test moves.
type fake struct {
	registry.Entry
	Session
	route, subprotocol string
	bytes              atomic.Uint64
	// ended makes Stats forget, as a session may that has ended.
	ended atomic.Bool
}

func newFake(route, subprotocol string) *fake {
	return &fake{route: route, subprotocol: subprotocol}
}

func (f *fake) Info() registry.Info { return registry.Info{} }
func (f *fake) Close(session.Cause) {}
func (f *fake) Cut(session.Cause)   {}

func (f *fake) Stats() session.Stats {
	if f.ended.Load() {
		return session.Stats{}
	}
	return f.stats()
}

// stats are four figures that cannot be mistaken for each other.
func (f *fake) stats() session.Stats {
	n := f.bytes.Load()
	return session.Stats{BytesIn: n, MessagesIn: 2 * n, BytesOut: 3 * n, MessagesOut: 4 * n}
}

// bench is a Metrics with its registries.
type bench struct {
	*Metrics
	sessions *registry.Registry
	gatherer *prometheus.Registry
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{sessions: registry.New(), gatherer: prometheus.NewPedanticRegistry()}
	m, err := New(b.gatherer, Sources{
		Live:             b.each,
		HandshakeResults: []string{"ok", "no_route"},
		AccessLogDropped: func() uint64 { return 7 },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Metrics = m
	return b
}

func (b *bench) each(yield func(Live) bool) {
	b.sessions.Each(func(s registry.Live) bool { return yield(s.(*fake)) })
}

func (b *bench) start(s *fake) {
	b.sessions.Add(s)
	b.Started(&s.Session, s.route, s.subprotocol)
}

func (b *bench) end(s *fake, cause session.Cause, code uint16) {
	s.ended.Store(true)
	b.Ended(&s.Session, session.End{Cause: cause, Code: code, Stats: s.stats()}, time.Minute)
	b.sessions.Remove(s)
}

// gather is what a scrape gets, by name and labels as in name{a="b"}.
func (b *bench) gather(t testing.TB) map[string]float64 {
	t.Helper()
	families, err := b.gatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]float64)
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			all[f.GetName()+labelsOf(metric)] = valueOf(metric)
		}
	}
	return all
}

func labelsOf(m *dto.Metric) string {
	out := ""
	for _, l := range m.GetLabel() {
		if out != "" {
			out += ","
		}
		out += l.GetName() + "=" + l.GetValue()
	}
	return "{" + out + "}"
}

// valueOf is the value; of a histogram, how often it was told something.
func valueOf(m *dto.Metric) float64 {
	switch {
	case m.Counter != nil:
		return m.Counter.GetValue()
	case m.Gauge != nil:
		return m.Gauge.GetValue()
	default:
		return float64(m.Histogram.GetSampleCount())
	}
}
