package xds

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/types"
)

// Report is what is known of one connected gateway.
type Report struct {
	Gateway types.NamespacedName
	// Pod is what the gateway calls itself.
	Pod string
	// Since is when it connected.
	Since time.Time
	// Digest is what it acknowledged last, as Publish returned it. Empty: nothing
	// yet.
	Digest string
	// Refused is the digest of what it refused since then, Refusal says why.
	// Empty: nothing.
	Refused, Refusal string
}

const (
	// maxPod is the longest name of a Pod of a Deployment's.
	maxPod = 63
	// maxRefusal is so long that a condition can hold several.
	maxRefusal = 1 << 10
)

// Reports are of all gateways that are connected and have asked, sorted by
// Gateway and Pod.
func (s *Server) Reports() []Report {
	s.mu.Lock()
	reports := make([]Report, 0, len(s.streams))
	for st := range s.streams {
		reports = append(reports, st.report)
	}
	s.mu.Unlock()
	slices.SortFunc(reports, func(a, b Report) int {
		return cmp.Or(
			strings.Compare(a.Gateway.Namespace, b.Gateway.Namespace),
			strings.Compare(a.Gateway.Name, b.Gateway.Name),
			strings.Compare(a.Pod, b.Pod),
			strings.Compare(a.Digest, b.Digest),
			strings.Compare(a.Refused, b.Refused),
			strings.Compare(a.Refusal, b.Refusal),
		)
	})
	return reports
}

// pod is a name as a Pod may have, whatever a gateway says.
func pod(said string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '.', r == '_':
			return r
		}
		return '?'
	}, said[:min(len(said), maxPod)])
}

// refusal is a text of one line, whatever a gateway says.
func refusal(said string) string {
	said = strings.ToValidUTF8(said[:min(len(said), maxRefusal)], "")
	said = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, said)
	if said = strings.TrimSpace(said); said == "" {
		return "no reason given"
	}
	return said
}
