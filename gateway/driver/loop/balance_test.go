//go:build linux

package loop

import (
	"testing"
	"time"
)

// uses are the shares of a core that shards use, throughout so many intervals.
type uses struct {
	intervals int
	shares    []float64
}

func TestAsManyShardsServeAsAreNeeded(t *testing.T) {
	const many = int(calm/interval) + 2
	for name, test := range map[string]struct {
		shards int
		story  []uses
		want   int
	}{
		"one at first":                             {4, nil, 1},
		"one that is nearly full is enough":        {4, []uses{{many, []float64{0.94}}}, 1},
		"twice as many when one is full":           {4, []uses{{1, []float64{0.97}}}, 2},
		"and again, once they have had their time": {4, []uses{{1, []float64{1}}, {1, []float64{1, 0.3}}}, 4},
		"but no more than there are":               {3, []uses{{many, []float64{1, 1, 1}}}, 3},
		"one that is full is reason enough":        {4, []uses{{many, []float64{0, 0, 0, 1}}, {many, []float64{1, 0, 0, 0}}}, 4},
		"half as many, and again, when they suffice": {
			4, []uses{{many, []float64{1, 1, 1, 1}}, {3 * many, []float64{0.1, 0.1, 0.1, 0.1}}}, 1,
		},
		"half as many where they suffice, and no fewer": {
			4, []uses{{many, []float64{1, 1, 1, 1}}, {3 * many, []float64{0.3, 0.3, 0.2, 0.2}}}, 2,
		},
		"not where one would have too much": {
			4, []uses{{many, []float64{1, 1, 1, 1}}, {3 * many, []float64{0.4, 0, 0.3, 0}}}, 4,
		},
		"not after a short calm": {
			4, []uses{{many, []float64{1, 1, 1, 1}}, {many / 2, []float64{0, 0, 0, 0}}}, 4,
		},
		"who sleeps uses nothing": {
			4, []uses{{many, []float64{1, 1, 1, 1}}, {3 * many, []float64{0.1}}}, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := &Group{}
			for range test.shards {
				g.add(newShard(&still{}))
			}
			now := time.Second
			for _, u := range test.story {
				for range u.intervals {
					now += interval
					for i, share := range u.shares {
						g.weigh(i, share, now-interval, now)
					}
				}
			}
			if k := int(g.inService.Load()); k != test.want {
				t.Errorf("%d serve, want %d", k, test.want)
			}
		})
	}
}

func TestAShardLooksAtWhatItUses(t *testing.T) {
	tb, g, other := couple(t)
	for range 10 {
		tb.pass(tb.clock + interval)
		tb.desks[0].used += interval
		tb.shard.turn()
	}
	if g.inService.Load() != 2 {
		t.Error("a shard that is full serves alone")
	}
	tb.allTurn()
	if other.rests {
		t.Error("the other shard rests")
	}
}
