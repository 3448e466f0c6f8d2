package controllertest

import (
	"testing"

	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"

	"switchyard.dev/gateway/config"
)

// pieces are the resources of a snapshot with a version each, which is a digest:
// it outlives the controller. It is a cache.ResourceSnapshot.
type pieces struct {
	resources map[string]types.Resource
	versions  map[string]string
}

func newPieces(tb testing.TB, all map[string]*config.Resource) *pieces {
	tb.Helper()
	p := &pieces{resources: make(map[string]types.Resource), versions: make(map[string]string)}
	for name, r := range all {
		content, err := cache.MarshalResource(r)
		must(tb, err)
		p.resources[name], p.versions[name] = r, cache.HashResource(content)
	}
	return p
}

func (p *pieces) ConstructVersionMap() error { return nil }

func (p *pieces) GetVersion(string) string { return "" }

func (p *pieces) GetVersionMap(typeURL string) map[string]string {
	if typeURL != config.ResourceType {
		return nil
	}
	return p.versions
}

func (p *pieces) GetResources(typeURL string) map[string]types.Resource {
	if typeURL != config.ResourceType {
		return nil
	}
	return p.resources
}

func (p *pieces) GetResourcesAndTTL(typeURL string) map[string]types.ResourceWithTTL {
	all := make(map[string]types.ResourceWithTTL)
	for name, r := range p.GetResources(typeURL) {
		all[name] = types.ResourceWithTTL{Resource: r}
	}
	return all
}
