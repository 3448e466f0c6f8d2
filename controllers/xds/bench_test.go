package xds

import (
	"slices"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
)

// large is what the scale of the project is stated for: 10,000 routes, 5,000
// services of 10 endpoints each.
func large() *config.Snapshot {
	s := sample(10_000, 5_000)
	for i := range s.Services {
		s.Services[i] = serviceWith(i, 10)
	}
	return s
}

// translated is s as a translator makes it anew, with one endpoint changed.
func translated(s *config.Snapshot, i int) *config.Snapshot {
	s = clone(s)
	s.Services[i%len(s.Services)].Endpoints[0].Port++
	return s
}

// BenchmarkPublish is the time of Publish alone, where nobody is connected.
func BenchmarkPublish(b *testing.B) {
	for name, next := range map[string]func(*config.Snapshot, int) *config.Snapshot{
		"one endpoint changed": translated,
		"equal, made anew":     func(s *config.Snapshot, _ int) *config.Snapshot { return clone(s) },
		"the same":             func(s *config.Snapshot, _ int) *config.Snapshot { return s },
		"only the one message is new": func(s *config.Snapshot, i int) *config.Snapshot {
			s = &config.Snapshot{Listeners: s.Listeners, Routes: s.Routes, Services: slices.Clone(s.Services)}
			s.Services[i%len(s.Services)] = serviceWith(i%len(s.Services), 10+i%7)
			return s
		},
	} {
		b.Run(name, func(b *testing.B) {
			r := start(b)
			s := large()
			r.publishEdge(s)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				s = next(s, i)
				b.StartTimer()
				r.publishEdge(s)
			}
		})
	}
}

// BenchmarkChange is the time from Publish to a client that holds the change of
// one endpoint, over loopback with TLS.
func BenchmarkChange(b *testing.B) {
	r := start(b)
	s := large()
	r.publishEdge(s)
	begin := time.Now()
	c := r.join(edge, "edge-1")
	synced := time.Since(begin)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		s = translated(s, i)
		b.StartTimer()
		begin := time.Now()
		r.publishEdge(s)
		brought, _ := c.take()
		took = append(took, time.Since(begin))
		if len(brought) != 1 {
			b.Fatalf("%d resources were sent", len(brought))
		}
		c.ack()
	}
	slices.Sort(took)
	b.ReportMetric(float64(synced.Milliseconds()), "ms-first-sync")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}
