package tuning

import "testing"

func TestPercent(t *testing.T) {
	for name, tc := range map[string]struct {
		live uint64
		want int
	}{
		"nothing known":                    {0, 400},
		"less than the runtime's minimum":  {1 << 20, 400},
		"as much garbage as is live":       {16 << 20, 100},
		"the share is what is allowed":     {64 << 20, 25},
		"never less, however much is live": {1 << 40, 25},
	} {
		t.Run(name, func(t *testing.T) {
			if got := percentFor(tc.live); got != tc.want {
				t.Errorf("percentFor(%d) is %d, want %d", tc.live, got, tc.want)
			}
		})
	}
}

func TestMemoryIsGivenBackOnceItIsQuiet(t *testing.T) {
	const MiB = 1 << 20
	h := heap{percent: 400}
	for i, step := range []struct {
		allocated uint64
		returned  uint64
	}{
		{100 * MiB, 0},
		{200 * MiB, 0},
		{200*MiB + 5, 200*MiB + 5},
		{202 * MiB, 200*MiB + 5},
		{202 * MiB, 200*MiB + 5}, // it is not worth it
		{209 * MiB, 200*MiB + 5},
		{209 * MiB, 209 * MiB},
	} {
		h.look(figures{live: 24 * MiB, allocated: step.allocated})
		if h.returned != step.returned {
			t.Errorf("step %d: memory was given back at %d, want %d", i, h.returned, step.returned)
		}
	}
}
