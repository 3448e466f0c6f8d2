//go:build linux

package loop

import (
	"fmt"
	"runtime"
	"sync"

	"switchyard.dev/gateway/driver"
)

// Group is the shards of a gateway. It is safe for concurrent use.
type Group struct {
	shards []*shard
	ended  sync.WaitGroup
	balance
}

// NewGroup starts half as many shards as goroutines may run at once (GOMAXPROCS):
// a shard may keep its place while it waits, and others need some, too. Close
// ends it.
func NewGroup() (*Group, error) { return newGroup(max(runtime.GOMAXPROCS(0)/2, 1)) }

func newGroup(shards int) (*Group, error) {
	g := &Group{}
	for range shards {
		k, err := newKernel()
		if err != nil {
			for _, l := range g.shards {
				l.sys.end()
			}
			return nil, fmt.Errorf("start an event loop: %w", err)
		}
		g.add(newShard(k))
	}
	for _, l := range g.shards {
		g.ended.Go(func() {
			runtime.LockOSThread() // whose CPU time l looks at
			l.run()
		})
	}
	return g, nil
}

// New makes a session, of the shard that has the client or the fewest. It is nil
// where o has a connection that is none of the kernel's.
func (g *Group) New(o driver.Options) *Session {
	client, service := beneath(o.Client), beneath(o.Service)
	var s *Session
	switch {
	case service.tcp == nil:
		return nil
	case client.custody != nil:
		s = client.custody.s
	case client.tcp != nil:
		s = newSession(g.fewest())
	default:
		return nil
	}
	s.owner, s.joins = o.Owner, &joins{client, service}
	s.engine.Init(o.Config, s.shard.Load().sys.now())
	return s
}

// add makes l one of the group, of whose shards the first serves.
func (g *Group) add(l *shard) {
	g.inService.Store(1)
	l.group, l.index = g, len(g.shards)
	l.rests = l.index > 0
	g.shards = append(g.shards, l)
	g.use = append(g.use, use{})
}

func (g *Group) fewest() *shard {
	best := g.shards[0]
	for _, l := range g.shards[1:] {
		if l.sessions.Load() < best.sessions.Load() {
			best = l
		}
	}
	return best
}

// Close ends all sessions at once, and returns when the shards have ended.
func (g *Group) Close() {
	for _, l := range g.shards {
		l.post(letter{what: end})
	}
	g.ended.Wait()
}
