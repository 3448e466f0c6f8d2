package xds

import (
	"context"
	"errors"
	"fmt"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/gateway/config"
)

// room is what there is of one Gateway.
type room struct {
	name  types.NamespacedName
	cache cache.SnapshotCache
	// gone is closed when the Gateway is no longer published.
	gone chan struct{}
	// published belongs to Publish: the snapshot as it was given and as it is in
	// the cache.
	given     *config.Snapshot
	published *snapshot
	// streams is guarded by Server.mu.
	streams int
}

// only is the one node of every room: what a request says of its node selects
// nothing.
type only struct{}

const onlyNode = "gateway"

// ID implements cache.NodeHash.
func (only) ID(*core.Node) string { return onlyNode }

func newRoom(name types.NamespacedName) *room {
	// Not the ADS mode: its order is for several types.
	return &room{name: name, cache: cache.NewSnapshotCache(false, only{}, nil), gone: make(chan struct{})}
}

// Publish replaces what gateways are given. Streams of Gateways that are not
// among them end. Snapshots must not be changed afterwards.
//
// digests are of the listeners and routes of each Gateway, as Reports has them.
// A Gateway whose Snapshot cannot be sent keeps what it has, has no digest, and
// is named by the error; the others are published.
func (s *Server) Publish(gateways map[types.NamespacedName]*config.Snapshot) (digests map[types.NamespacedName]string, err error) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	s.metrics.publishes.Inc()
	digests = make(map[types.NamespacedName]string, len(gateways))
	rooms := make(map[types.NamespacedName]*room, len(gateways))
	var faults []error
	for name, given := range gateways {
		r := s.rooms[name]
		if r == nil {
			r = newRoom(name)
		}
		if err := r.publish(given); err != nil {
			faults = append(faults, fmt.Errorf("publish Gateway %s: %w", name, err))
		} else {
			digests[name] = r.published.digest
		}
		if r.published != nil {
			rooms[name] = r
		}
	}
	s.replace(rooms)
	return digests, errors.Join(faults...)
}

// publish gives given to the streams of r.
func (r *room) publish(given *config.Snapshot) error {
	if r.published != nil && r.given == given {
		return nil
	}
	next, err := prepare(given, r.published)
	if err != nil {
		return err
	}
	r.given = given
	if next == r.published {
		return nil
	}
	// It never waits: the channel of each stream has place for more responses
	// than a stream can be owed.
	if err := r.cache.SetSnapshot(context.Background(), onlyNode, next); err != nil {
		return err
	}
	r.published = next
	return nil
}

// replace makes rooms those that streams find.
func (s *Server) replace(rooms map[types.NamespacedName]*room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, r := range s.rooms {
		if rooms[name] != r {
			close(r.gone)
		}
	}
	s.rooms = rooms
}
