package xds

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"

	"switchyard.dev/gateway/config"
)

// holding is what the controller believes that the gateway has: all that it sent
// and has not removed, whatever the gateway answered. A controller does not send
// again what was refused, so what is sound in it must not be lost.
type holding struct{ pieces map[string]piece }

// piece is one resource as it was sent.
type piece struct {
	version  string
	resource *config.Resource
	// fault is why there is no resource to use.
	fault error
}

// newHolding has what s has, where its version is known.
func newHolding(s *config.Snapshot, versions map[string]string) *holding {
	h := &holding{pieces: make(map[string]piece)}
	for name, r := range s.Resources() {
		if version, known := versions[name]; known {
			h.pieces[name] = piece{version: version, resource: r}
		}
	}
	return h
}

// versions are those of all that is held.
func (h *holding) versions() map[string]string {
	all := make(map[string]string, len(h.pieces))
	for name, p := range h.pieces {
		all[name] = p.version
	}
	return all
}

// merge does what r says. A resource that makes no sense is held with its fault,
// until it is replaced or removed. A response that is about something else
// changes nothing.
func (h *holding) merge(r *discovery.DeltaDiscoveryResponse) error {
	if t := r.GetTypeUrl(); t != config.ResourceType {
		return fmt.Errorf("response is of type %q: want %s", t, config.ResourceType)
	}
	told := make(map[string]bool, len(r.GetResources())+len(r.GetRemovedResources()))
	for _, name := range r.GetRemovedResources() {
		delete(h.pieces, name)
		told[name] = true
	}
	for _, sent := range r.GetResources() {
		name := sent.GetName()
		p := piece{version: sent.GetVersion()}
		if told[name] {
			p.fault = fmt.Errorf("resource %q: one response speaks of it twice", name)
		} else {
			p.resource, p.fault = decode(sent)
		}
		h.pieces[name] = p
		told[name] = true
	}
	return nil
}

// snapshot is all that is held in one, or what is wrong with it.
func (h *holding) snapshot() (*config.Snapshot, error) {
	all := make(map[string]*config.Resource, len(h.pieces))
	faults := make(map[string]error)
	for name, p := range h.pieces {
		if p.fault != nil {
			faults[name] = p.fault
		}
		all[name] = p.resource
	}
	if len(faults) > 0 {
		var sorted []error
		for _, name := range slices.Sorted(maps.Keys(faults)) {
			sorted = append(sorted, faults[name])
		}
		return nil, errors.Join(sorted...)
	}
	return config.Assemble(all), nil
}
