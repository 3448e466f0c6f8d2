package wheel

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// model is a wheel as one would write it first.
type model map[int32]tick

func (m model) next() (first tick, ok bool) {
	for _, at := range m {
		if !ok || at < first {
			first, ok = at, true
		}
	}
	return first, ok
}

// check runs what steps say through a wheel and a model: what is due must fire,
// once, in the order of its ticks, and never early.
func check(t *testing.T, steps []byte) {
	var w Wheel
	m := model{}
	var now time.Duration
	for len(steps) >= 6 {
		id := int32(steps[1] % 32)
		// Up to two years, and no more than there is time for in all.
		span := time.Duration(binary.LittleEndian.Uint32(steps[2:6])) << ((steps[0] >> 3) % 24)
		span = min(span, 1<<62-now)
		switch steps[0] % 8 {
		case 0, 1, 2, 3, 4:
			w.Set(id, now+span)
			m[id] = min(max(tick((now+span+Tick-1)/Tick), w.now+1), w.now+horizon)
		case 5:
			w.Stop(id)
			delete(m, id)
		default:
			now += span
			advance(t, &w, m, now)
		}
		steps = steps[6:]
		at, ok := w.Next()
		first, some := m.next()
		if ok != some || ok && (at > time.Duration(first)*Tick || at <= now-Tick) {
			t.Fatalf("at %v: Next is %v, %v; the first is due at %v", now, at, ok, time.Duration(first)*Tick)
		}
	}
}

func advance(t *testing.T, w *Wheel, m model, now time.Duration) {
	t.Helper()
	var last tick
	w.Advance(now, func(id int32) {
		at, ok := m[id]
		if !ok || at > tick(now/Tick) || at < last {
			t.Fatalf("%d fires at %v, due at tick %d (%v), after one of tick %d", id, now, at, ok, last)
		}
		last = at
		delete(m, id)
	})
	for id, at := range m {
		if at <= tick(now/Tick) {
			t.Fatalf("%d was due at tick %d and has not fired at %v", id, at, now)
		}
	}
}

func TestWhatIsDueFiresOnceAndInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		steps := make([]byte, 6*200)
		for i := range steps {
			steps[i] = byte(random.Uint32())
		}
		check(t, steps)
	}
}

func FuzzWheel(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 255, 255, 1, 0, 0, 0, 255})
	f.Fuzz(check)
}

func TestFiringMaySetAndStopAny(t *testing.T) {
	var w Wheel
	for id := range int32(4) {
		w.Set(id, time.Second)
	}
	var fired []int32
	fire := func(id int32) {
		fired = append(fired, id)
		w.Stop(id ^ 1)
		w.Set(id, time.Second) // which has passed: the next Tick
	}
	w.Advance(time.Second, fire)
	if len(fired) != 2 {
		t.Fatalf("%v fired, want one of each pair", fired)
	}
	first := slices.Clone(fired)
	w.Advance(time.Second+Tick, fire)
	slices.Sort(first)
	again := fired[2:]
	slices.Sort(again)
	if !slices.Equal(first, again) {
		t.Fatalf("%v fired, then %v", first, again)
	}
}

func TestADeadlineBeyondTheHorizonIsDueThere(t *testing.T) {
	var w Wheel
	w.Set(0, 1<<62)
	at, _ := w.Next()
	fired := false
	for !fired {
		w.Advance(at, func(int32) { fired = true })
		at, _ = w.Next()
	}
	if years := time.Duration(w.now) * Tick / (365 * 24 * time.Hour); years < 8 {
		t.Errorf("it fires after %d years", years)
	}
}

func TestNothingIsAllocatedForNumbersThatAreKnown(t *testing.T) {
	var w Wheel
	const n = 1000
	now := time.Duration(0)
	fire := func(id int32) { w.Set(id, now+time.Duration(id)*time.Second) }
	for id := range int32(n) {
		w.Set(id, 1)
	}
	if allocs := testing.AllocsPerRun(100, func() {
		now += time.Second
		w.Advance(now, fire)
	}); allocs > 0 {
		t.Errorf("%v allocations a turn", allocs)
	}
}

// A gateway's turn, with a million sessions that are pinged every half minute.
func BenchmarkAdvanceAMillion(b *testing.B) {
	var w Wheel
	const n = 1_000_000
	for id := range int32(n) {
		w.Set(id, time.Duration(id)*30*time.Second/n)
	}
	now := time.Duration(0)
	fired := 0
	for b.Loop() {
		now += Tick
		w.Advance(now, func(id int32) {
			fired++
			w.Set(id, now+30*time.Second)
		})
	}
	b.ReportMetric(float64(fired)/float64(b.N), "due/op")
}
