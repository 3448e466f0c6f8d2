package xds

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
)

// snapshot is a config.Snapshot as the cache wants it. It is never changed.
type snapshot struct {
	// digest is of what people write: listeners and routes.
	digest    string
	resources map[string]types.Resource
	// versions are the hashes of the resources.
	versions map[string]string
}

var _ cache.ResourceSnapshot = (*snapshot)(nil)

// GetVersion implements cache.ResourceSnapshot: it is what responses say as
// system_version_info.
func (s *snapshot) GetVersion(string) string { return s.digest }

// GetResourcesAndTTL implements cache.ResourceSnapshot, for protocols that are
// not served.
func (s *snapshot) GetResourcesAndTTL(string) map[string]types.ResourceWithTTL { return nil }

// GetResources implements cache.ResourceSnapshot.
func (s *snapshot) GetResources(typeURL string) map[string]types.Resource {
	if typeURL != config.ResourceType {
		return nil
	}
	return s.resources
}

// ConstructVersionMap implements cache.ResourceSnapshot. There is nothing left
// to do.
func (s *snapshot) ConstructVersionMap() error { return nil }

// GetVersionMap implements cache.ResourceSnapshot.
func (s *snapshot) GetVersionMap(typeURL string) map[string]string {
	if typeURL != config.ResourceType {
		return nil
	}
	return s.versions
}

// prepare is from as a snapshot. It takes from last what did not change, and is
// last itself if nothing did. nil is no last one.
func prepare(from *config.Snapshot, last *snapshot) (*snapshot, error) {
	if last == nil {
		last = &snapshot{}
	}
	all := from.Resources()
	next := &snapshot{
		digest:    last.digest,
		resources: make(map[string]types.Resource, len(all)),
		versions:  make(map[string]string, len(all)),
	}
	changed, written := len(all) != len(last.resources), last.digest == ""
	var v versioner
	for name, r := range all {
		version, same, err := v.version(name, r, last)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		next.resources[name], next.versions[name] = r, version
		changed = changed || !same
		written = written || !same && !config.IsService(name)
	}
	written = written || lost(last, next)
	switch {
	case written:
		next.digest = digest(next.versions)
	case !changed:
		return last, nil
	}
	return next, nil
}

// lost says whether a resource that people wrote is gone.
func lost(last, next *snapshot) bool {
	for name := range last.versions {
		if _, there := next.versions[name]; !there && !config.IsService(name) {
			return true
		}
	}
	return false
}

// versioner finds versions of resources in one buffer.
type versioner struct{ buf []byte }

// version is the hash that the cache sends along with r, cache.HashResource.
// same: it is last's.
func (v *versioner) version(name string, r *config.Resource, last *snapshot) (version string, same bool, err error) {
	known, found := last.versions[name]
	if found && sharesWith(r, last.resources[name]) {
		return known, true, nil
	}
	v.buf, err = proto.MarshalOptions{Deterministic: true}.MarshalAppend(v.buf[:0], r)
	if err != nil {
		return "", false, err
	}
	var text [2 * sha256.Size]byte
	sum := sha256.Sum256(v.buf)
	hex.Encode(text[:], sum[:])
	if found && known == string(text[:]) {
		return known, true, nil
	}
	return string(text[:]), false, nil
}

// sharesWith says whether both are made around the same message, which nobody
// changes once it is written.
func sharesWith(r *config.Resource, last types.Resource) bool {
	other, _ := last.(*config.Resource)
	switch kind := r.GetKind().(type) {
	case *config.Resource_Listener:
		return kind.Listener == other.GetListener()
	case *config.Resource_Route:
		return kind.Route == other.GetRoute()
	case *config.Resource_Service:
		return kind.Service == other.GetService()
	}
	return false
}

// digest is of the names and versions of listeners and routes.
func digest(versions map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		if !config.IsService(name) {
			fmt.Fprintf(h, "%s %s\n", name, versions[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
