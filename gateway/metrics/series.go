package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/session"
)

// place is what sessions are counted by: names of the configuration.
type place struct{ route, subprotocol string }

// placeOf replaces what is no UTF-8, which no label can carry.
func placeOf(route, subprotocol string) place {
	const replacement = "\uFFFD"
	return place{strings.ToValidUTF8(route, replacement), strings.ToValidUTF8(subprotocol, replacement)}
}

// closing is how a session ended, as it is counted.
type closing struct {
	cause session.Cause
	code  string
}

// series are the figures of one place. All but the histograms, which are safe by
// themselves, are guarded by Metrics.mu.
type series struct {
	active, started uint64
	closes          map[closing]uint64
	// failures are of dials, by result.
	failures map[string]uint64
	// past is the sum of the sessions that ended.
	past session.Stats
	// now is past and the live sessions, while they are summed up.
	now session.Stats
	// shown is what was told last. A counter must not go backwards, even if a
	// session that is about to end has no figures any more.
	shown session.Stats

	lives, dials prometheus.Observer
}

// at is the series of a place, made where it is missing. The caller holds mu.
func (m *Metrics) at(route, subprotocol string) *series {
	p := placeOf(route, subprotocol)
	s, ok := m.series[p]
	if !ok {
		s = &series{
			closes:   make(map[closing]uint64),
			failures: make(map[string]uint64),
			lives:    m.sessionDuration.WithLabelValues(p.route, p.subprotocol),
			dials:    m.dialDuration.WithLabelValues(p.route, p.subprotocol),
		}
		m.series[p] = s
	}
	return s
}

// retain forgets all places but those, and those where sessions live.
func (m *Metrics) retain(served map[place]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for p, s := range m.series {
		if served[p] || s.active > 0 {
			continue
		}
		delete(m.series, p)
		m.sessionDuration.DeleteLabelValues(p.route, p.subprotocol)
		m.dialDuration.DeleteLabelValues(p.route, p.subprotocol)
	}
}

// places are all places that a configuration serves.
func places(s *config.Snapshot) map[place]bool {
	all := make(map[place]bool)
	for _, r := range s.GetRoutes() {
		for _, sub := range r.GetSubprotocols() {
			all[placeOf(r.GetName(), sub.GetName())] = true
		}
		if r.GetFallback() != nil {
			all[placeOf(r.GetName(), "")] = true
		}
	}
	return all
}

func sum(a, b session.Stats) session.Stats {
	return session.Stats{
		BytesIn: a.BytesIn + b.BytesIn, MessagesIn: a.MessagesIn + b.MessagesIn,
		BytesOut: a.BytesOut + b.BytesOut, MessagesOut: a.MessagesOut + b.MessagesOut,
	}
}

// highest is the greater of each figure.
func highest(a, b session.Stats) session.Stats {
	return session.Stats{
		BytesIn: max(a.BytesIn, b.BytesIn), MessagesIn: max(a.MessagesIn, b.MessagesIn),
		BytesOut: max(a.BytesOut, b.BytesOut), MessagesOut: max(a.MessagesOut, b.MessagesOut),
	}
}
