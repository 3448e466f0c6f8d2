package metrics

import (
	"crypto/x509"
	"encoding/pem"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard.dev/gateway/config"
)

// certificates tells when those of listeners end. It is for one goroutine at a
// time, as configurations are.
type certificates struct {
	gauge *prometheus.GaugeVec
	// of is whose certificates are told: most configurations change none.
	of []*config.Listener
	// told are their names.
	told map[string]bool
}

func newCertificates() *certificates {
	return &certificates{gauge: prometheus.NewGaugeVec(
		prometheus.GaugeOpts{Name: certificateNotAfter.name, Help: certificateNotAfter.help}, certificateNotAfter.labels)}
}

// applied tells of those that are served now, and of no others.
func (c *certificates) applied(listeners []*config.Listener) {
	if slices.Equal(c.of, listeners) {
		return
	}
	before := c.told
	c.of, c.told = listeners, map[string]bool{}
	for _, l := range listeners {
		for _, certificate := range l.GetTls().GetCertificates() {
			leaf := leafOf(certificate)
			if leaf == nil {
				continue
			}
			c.told[certificate.GetName()] = true
			c.gauge.WithLabelValues(certificate.GetName()).Set(float64(leaf.NotAfter.Unix()))
		}
	}
	for name := range before {
		if !c.told[name] {
			c.gauge.DeleteLabelValues(name)
		}
	}
}

// leafOf is nil where there is none, which no listener serves.
func leafOf(c *config.Certificate) *x509.Certificate {
	for block, rest := pem.Decode(c.GetChain()); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		leaf, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil
		}
		return leaf
	}
	return nil
}
