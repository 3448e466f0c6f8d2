package tuning

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Sessions make no garbage once they are established; clients that come and go
// make a little, and TLS handshakes make much. So while they do, garbage may lie
// about, up to a share of what is live or a fixed amount, whichever is more; and
// once it is quiet, all of it is given back to the system, as idle sessions would
// be charged for it.
const (
	leastPercent = 25
	leastGarbage = 16 << 20
	// look is how often the heap is looked at.
	look = time.Second / 2
	// quiet is how much may be allocated between two looks for it to be quiet, and
	// worthwhile, how much since memory was given back, or which share of what is
	// live, for it to be done again: a collection costs some 100 ms a million
	// sessions.
	quiet           = 1 << 20
	worthwhile      = 2 << 20
	worthwhileShare = 8
)

// CollectGarbage sets the collector's pace until ctx ends, unless the user has
// (GOGC). It returns at once. GOMEMLIMIT holds in any case.
func CollectGarbage(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	h := heap{percent: percentFor(0)}
	debug.SetGCPercent(h.percent)
	go func() {
		for ticker := time.Tick(look); ; {
			select {
			case <-ticker:
				h.look(read())
			case <-ctx.Done():
				return
			}
		}
	}()
}

// figures are what the runtime says of the heap, in bytes.
type figures struct{ live, allocated uint64 }

func read() figures {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	return figures{live: samples[0].Value.Uint64(), allocated: samples[1].Value.Uint64()}
}

// heap is what was seen of it.
type heap struct {
	percent int
	// allocated is as of the last look, and returned, when memory was given back.
	allocated, returned uint64
}

func (h *heap) look(now figures) {
	idle := now.allocated-h.allocated < quiet
	h.allocated = now.allocated
	if idle && now.allocated-h.returned >= max(worthwhile, now.live/worthwhileShare) {
		h.returned = now.allocated
		debug.FreeOSMemory()
		now.live = read().live
	}
	// To set it stops the world.
	if p := percentFor(now.live); p < h.percent*9/10 || p > h.percent*11/10 {
		h.percent = p
		debug.SetGCPercent(p)
	}
}

// mostPercent is where the runtime's own least heap of 4 MiB gives leastGarbage.
const mostPercent = 100 * leastGarbage / (4 << 20)

// percentFor is GOGC for a heap of which so many bytes are live.
func percentFor(live uint64) int {
	return int(max(min(100*leastGarbage/max(live, 1), mostPercent), leastPercent))
}
