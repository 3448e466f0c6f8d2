package histogram

import (
	"math"
	"testing"
	"time"
)

func TestEveryValueFallsIntoABucketThatHoldsIt(t *testing.T) {
	for _, v := range []uint64{0, 1, 31, 32, 33, 63, 64, 65, 1000, 17_600, 1 << 20, 1<<20 + 1, 1 << 40, math.MaxInt64} {
		i := index(v)
		if i < 0 || i >= buckets {
			t.Fatalf("index(%d) = %d, out of %d buckets", v, i, buckets)
		}
		if got := uint64(upper(i)); got < v || float64(got-v) > float64(v)/sub {
			t.Errorf("bucket %d of %d ends at %d, want at most 1/%d above", i, v, got, sub)
		}
		if i > 0 && uint64(upper(i-1)) >= v {
			t.Errorf("%d is in bucket %d, but the one before ends at %d", v, i, upper(i-1))
		}
	}
}

func TestQuantile(t *testing.T) {
	tests := map[string]struct {
		record []time.Duration
		q      float64
		want   time.Duration
	}{
		"nothing recorded":               {nil, 0.5, 0},
		"one value is every quantile":    {[]time.Duration{7}, 0.999, 7},
		"median of small values":         {[]time.Duration{1, 2, 3, 4, 5}, 0.5, 3},
		"the smallest":                   {[]time.Duration{4, 9}, 0, 4},
		"never above the maximum":        {[]time.Duration{1_000_001}, 1, 1_000_001},
		"a negative value counts as 0":   {[]time.Duration{-5}, 1, 0},
		"one outlier does not move p50":  {[]time.Duration{10, 10, 10, 10_000}, 0.5, 10},
		"the outlier is the last of all": {[]time.Duration{10, 10, 10, 10_000}, 1, 10_000},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var h Histogram
			for _, d := range tc.record {
				h.Record(d)
			}
			if got := h.Quantile(tc.q); got != tc.want {
				t.Errorf("Quantile(%v) = %d, want %d", tc.q, got, tc.want)
			}
		})
	}
}

func TestQuantilesOfALargeSampleAreWithinThreePercent(t *testing.T) {
	var h Histogram
	for i := range 100_000 {
		h.Record(time.Duration(i+1) * time.Microsecond)
	}
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
		want := q * 100_000
		got := float64(h.Quantile(q)) / float64(time.Microsecond)
		if math.Abs(got-want) > want*0.033 {
			t.Errorf("Quantile(%v) = %v µs, want %v within 3 %%", q, got, want)
		}
	}
	if h.Count() != 100_000 || h.Max() != 100*time.Millisecond {
		t.Errorf("count %d max %v, want 100000 and 100ms", h.Count(), h.Max())
	}
	h.Reset()
	if h.Count() != 0 || h.Max() != 0 {
		t.Error("Reset left something")
	}
}

func TestRecordDoesNotAllocate(t *testing.T) {
	var h Histogram
	if n := testing.AllocsPerRun(100, func() { h.Record(time.Millisecond) }); n != 0 {
		t.Errorf("Record allocates %v times, want 0", n)
	}
}
