// Package histogram counts durations in buckets whose width grows with the
// value: a fixed 15 KiB for anything from 1 ns to hours, at most 3 % off.
package histogram

import (
	"math/bits"
	"time"
)

const (
	// subBits makes 32 linear buckets of every power of two: 1/32 is the error.
	subBits = 5
	sub     = 1 << subBits
	// buckets covers every non-negative int64.
	buckets = (64 - subBits) * sub
)

// Histogram counts durations. The zero value is ready and empty. It is not
// safe for concurrent use.
type Histogram struct {
	counts [buckets]uint64
	total  uint64
	max    time.Duration
}

// Record counts d. A negative d, from a clock that stepped, counts as zero.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	h.counts[index(uint64(d))]++
	h.total++
	h.max = max(h.max, d)
}

// Count is how many durations were recorded.
func (h *Histogram) Count() uint64 { return h.total }

// Max is the longest recorded duration, exact; zero where there is none.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile is a duration that the share q (0 to 1) of all recorded ones does
// not exceed, up to 3 % above the true one. Zero where nothing was recorded.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := uint64(q*float64(h.total) + 0.5)
	rank = min(max(rank, 1), h.total)
	var seen uint64
	for i, n := range h.counts {
		seen += n
		if seen >= rank {
			return min(upper(i), h.max)
		}
	}
	return h.max
}

// Reset empties h.
func (h *Histogram) Reset() { *h = Histogram{} }

// index is the bucket of v. Values below sub have one each; above, the top
// subBits+1 bits of v name its bucket.
func index(v uint64) int {
	if v < sub {
		return int(v)
	}
	shift := bits.Len64(v) - subBits - 1
	return shift<<subBits + int(v>>shift)
}

// upper is the largest value of bucket i.
func upper(i int) time.Duration {
	if i < sub {
		return time.Duration(i)
	}
	shift := i>>subBits - 1
	top := uint64(i) - uint64(shift)<<subBits
	return time.Duration((top+1)<<shift - 1)
}
