//go:build linux

package loop

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A shard that has much to do at a time does it with less: it wakes once for many
// messages, receives and sends them together, and takes the core from fewer others.
// So as many shards are in service as their CPU time asks for, and the others rest.
// What a thread waits for a core that somebody else has is no reason for another:
// that would wait, too.
const (
	// interval is how often a shard looks at what it uses.
	interval = 500 * time.Millisecond
	// full is the share of a core at which a shard is full: twice as many serve
	// then, if there are as many.
	full = 0.95
	// spare is the share that no shard may come to where half as many serve; if
	// so it was throughout calm, they do.
	spare = 0.6
	calm  = 5 * time.Second
)

// balance is how many of a group's shards are in service: the first ones.
type balance struct {
	inService atomic.Int64

	mu sync.Mutex
	// use is of each shard.
	use []use
	// changed is when others came into service or went out of it, restless when
	// half as many would last have been too few.
	changed, restless time.Duration
}

// use is the share of a core that a shard has used of late, as of some time.
type use struct {
	share float64
	at    time.Duration
}

// scales are with what a shard sees what it uses: its CPU time at the last look,
// which was at since; next is the time for another.
type scales struct {
	since, next, cpu time.Duration
}

// weigh looks at what the shard uses.
func (l *shard) weigh() {
	cpu := l.sys.cpu()
	since, share := l.since, float64(cpu-l.cpu)/float64(max(l.now-l.since, 1))
	l.since, l.next, l.cpu = l.now, l.now+interval, cpu
	if since > 0 {
		l.group.weigh(l.index, share, since, l.now)
	}
}

// weigh takes note of the share of a core that a shard has used from since to now,
// and of what follows from it.
func (g *Group) weigh(index int, share float64, since, now time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.use[index] = use{share, now}
	switch k := int(g.inService.Load()); {
	case since < g.changed: // it tells of other times
	case share >= full:
		if index < k {
			g.serve(min(2*k, len(g.shards)), now)
		}
	case k == 1:
	case !g.suffice(k/2, now):
		g.restless = now
	case now-g.restless >= calm:
		g.serve(k/2, now)
	}
}

// suffice says whether k shards could do with ease what all do now.
func (g *Group) suffice(k int, now time.Duration) bool {
	sums := make([]float64, k)
	for i, u := range g.use {
		if now-u.at < 2*interval { // else it has slept
			sums[i%k] += u.share
		}
	}
	return slices.Max(sums) < spare
}

// serve puts k shards into service.
func (g *Group) serve(k int, now time.Duration) {
	before := int(g.inService.Swap(int64(k)))
	if k != before {
		g.changed, g.restless = now, now
	}
	for _, l := range g.shards[min(k, before):max(k, before)] {
		l.post(letter{what: heed})
	}
}

// allServe says that no shard rests.
func (g *Group) allServe() bool { return int(g.inService.Load()) >= len(g.shards) }

// heed opens the doors of a shard that has come into service, and closes those of
// one that has gone out of it. Its sessions see for themselves.
func (l *shard) heed() {
	rests := l.index >= int(l.group.inService.Load())
	if rests == l.rests {
		return
	}
	l.rests = rests
	for _, w := range l.doors {
		switch {
		case w == nil || w.opens > 0:
		case rests:
			l.sys.forget(w.fd)
		default:
			l.watchDoor(w)
		}
	}
}
