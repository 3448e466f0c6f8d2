package metrics

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/internal/certtest"
)

// certificate is one as a listener has it, and the moment at which it ends.
func certificate(t *testing.T, name string, chain []byte) (*config.Certificate, float64) {
	t.Helper()
	block, _ := pem.Decode(chain)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return &config.Certificate{Name: name, Chain: chain}, float64(leaf.NotAfter.Unix())
}

func listeners(certificates ...*config.Certificate) *config.Snapshot {
	return &config.Snapshot{Listeners: []*config.Listener{
		{Name: "infra/edge/ws"},
		{Name: "infra/edge/wss", Tls: &config.TLS{Certificates: certificates}},
	}}
}

func TestTheEndsOfCertificatesAreToldOfThoseThatAreServed(t *testing.T) {
	ca := certtest.NewCA(t)
	issued, _ := ca.Issue(t, "a.example.com")
	goodChain := slices.Concat(issued, ca.PEM())
	expiredChain, _ := certtest.Expired(t, "b.example.com")
	good, goodEnd := certificate(t, "infra/a", goodChain)
	expired, expiredEnd := certificate(t, "infra/b", expiredChain)
	renewed, renewedEnd := certificate(t, "infra/b", goodChain)
	const a, b = "switchyard_certificate_not_after_timestamp_seconds{certificate=infra/a}", "switchyard_certificate_not_after_timestamp_seconds{certificate=infra/b}"

	bench := newBench(t)
	for _, step := range []struct {
		name   string
		served *config.Snapshot
		want   map[string]float64
	}{
		{"no TLS", listeners(), map[string]float64{}},
		{"two", listeners(good, expired), map[string]float64{a: goodEnd, b: expiredEnd}},
		{"one is renewed", listeners(good, renewed), map[string]float64{a: goodEnd, b: renewedEnd}},
		{"one is gone", listeners(renewed), map[string]float64{b: renewedEnd}},
		{"one that cannot be read", listeners(&config.Certificate{Name: "infra/a", Chain: []byte("none")}), map[string]float64{}},
	} {
		bench.Applied(step.served, began)
		bench.Applied(step.served, began)
		got := map[string]float64{}
		for name, value := range bench.gather(t) {
			if name == a || name == b {
				got[name] = value
			}
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
