package upstream

import (
	"slices"

	"switchyard.dev/gateway/config"
)

// Target is where new sessions of a route go: services with their shares. It
// does not change and may be shared between goroutines.
type Target struct {
	// backends are those with a share, in the order of the configuration.
	backends []backend
	// total is the sum of their weights.
	total uint64
}

type backend struct {
	// service is empty where the reference could not be resolved.
	service string
	weight  uint64
}

// NewTarget compiles c. A backend of weight zero gets nothing. A target in
// which no backend has a share is valid, and so is a nil c: to dial it is
// ErrNoEndpoint.
func NewTarget(c *config.Target) *Target {
	t := &Target{}
	for _, b := range c.GetBackends() {
		if b.GetWeight() == 0 {
			continue
		}
		t.backends = append(t.backends, backend{service: b.GetService(), weight: uint64(b.GetWeight())})
		t.total += uint64(b.GetWeight())
	}
	return t
}

// Services are the names of the services that have a share, sorted, each once.
func (t *Target) Services() []string {
	var names []string
	for _, b := range t.backends {
		if b.service != "" {
			names = append(names, b.service)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// at is the backend whose share n falls into, for n below total.
func (t *Target) at(n uint64) backend {
	for _, b := range t.backends {
		if n < b.weight {
			return b
		}
		n -= b.weight
	}
	return backend{}
}

// others are the backends of t beside one service that have an endpoint.
func (t *Target) others(services map[string]*service, beside string) Target {
	var o Target
	for _, b := range t.backends {
		if s := services[b.service]; s != nil && s.size() > 0 && b.service != beside {
			o.backends = append(o.backends, b)
			o.total += b.weight
		}
	}
	return o
}
