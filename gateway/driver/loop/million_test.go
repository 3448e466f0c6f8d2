//go:build linux

package loop

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// still is a system that costs nothing: nobody says a word, and all is taken
// that is sent. It waits as long as it is told.
type still struct {
	doorless
	pipeless
	clock time.Duration
	// heard is what there is to be read, each time anybody asks.
	heard []byte
	sent  int
}

func (s *still) now() time.Duration { return s.clock }
func (s *still) cpu() time.Duration { return 0 }
func (s *still) wait(_ []unix.EpollEvent, d time.Duration) int {
	s.clock += d
	return 0
}
func (s *still) wake()                  {}
func (s *still) watch(int, token) error { return nil }
func (s *still) recv(_ int, p []byte) (int, syscall.Errno) {
	if len(s.heard) == 0 {
		return 0, unix.EAGAIN
	}
	return copy(p, s.heard), 0
}
func (s *still) send(_ int, p []byte) (int, syscall.Errno) {
	s.sent++
	return len(p), 0
}
func (s *still) recvEach(calls []call) { each(calls, s.recv) }
func (s *still) sendEach(calls []call) { each(calls, s.send) }

func (*still) shut(int)          {}
func (*still) close(int)         {}
func (*still) wasReset(int) bool { return false }
func (*still) end()              {}

// nobody is an owner who does not care.
type nobody struct{}

func (*nobody) Ended(session.End) {}
func (*nobody) Fault(any, []byte) {}

// many is a shard of n sessions that have started.
func many(sys *still, n int, cfg *session.Config) (*shard, []*Session) {
	sys.clock = time.Minute
	l := newShard(sys)
	owner := &nobody{}
	sessions := make([]*Session, n)
	for i := range sessions {
		s := newSession(l)
		s.owner = owner
		s.client.fd, s.service.fd = int32(2*i), int32(2*i+1)
		// They are silent for any time up to that of a ping.
		s.engine.Init(cfg, sys.clock-cfg.Ping+time.Duration(i)*cfg.Ping/time.Duration(n))
		l.sessions.Add(1)
		s.Start(nil, nil)
		sessions[i] = s
		if i%1000 == 0 {
			l.turn() // as the mail comes
		}
	}
	l.turn()
	return l, sessions
}

func TestTurnsOfAFloodAllocateNothing(t *testing.T) {
	sys := &still{heard: make([]byte, mostRead)}
	l, sessions := many(sys, 3, drivertest.Config())
	for _, s := range sessions {
		s.service.readable = true
		l.putOff(s)
	}
	l.turn()
	if allocs := testing.AllocsPerRun(100, l.turn); allocs > 0 {
		t.Errorf("%v allocations a turn", allocs)
	}
	if sys.sent < 100*3*turnBytes/mostRead {
		t.Errorf("%d sends in 100 turns", sys.sent)
	}
}

// idleBytes is what a session of plain TCP may cost in all, with its places in
// the shard and in the wheel.
const idleBytes = 1024

// A larger session would be of the heap's next class of sizes.
func TestASessionTakes448Bytes(t *testing.T) {
	if size := unsafe.Sizeof(Session{}); size > 448 {
		t.Errorf("it takes %d", size)
	}
}

func TestAMillionSessions(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("takes a gigabyte")
	}
	t.Cleanup(runtime.GC) // what follows need not bear it
	const n = 1_000_000
	before := heap()
	sys := &still{}
	cfg := &session.Config{Ping: 30 * time.Second, Pong: time.Hour, Write: time.Minute, Close: time.Second}
	l, sessions := many(sys, n, cfg)
	size := (heap() - before - 8*n) / n
	t.Logf("%d bytes a session", size)
	if size > idleBytes {
		t.Errorf("%d bytes a session", size)
	}
	for range 3 {
		t.Logf("a collection takes %v", collection())
	}

	began := time.Now()
	for range 1000 {
		l.wheel.Advance(l.now, l.due)
	}
	t.Logf("a turn with nothing to do takes %v", time.Since(began)/1000)

	from, turns := sys.clock, 0
	began = time.Now()
	for ; sys.clock < from+cfg.Ping; turns++ {
		l.turn()
	}
	took := time.Since(began)
	t.Logf("%d pings in %v take %v in %d turns: %.2f ms a second", sys.sent, sys.clock-from, took, turns,
		took.Seconds()*1000/(sys.clock-from).Seconds())
	if sys.sent < n*9/10 {
		t.Errorf("%d pings", sys.sent)
	}

	began = time.Now()
	for _, s := range sessions {
		s.Close(session.Drain)
	}
	posted := time.Now()
	l.turn()
	t.Logf("a drain takes %v to ask for and %v", posted.Sub(began), time.Since(posted))
	sent := sys.sent
	began = time.Now()
	for l.sessions.Load() > 0 {
		l.turn()
	}
	t.Logf("their end, a second later, takes %v", time.Since(began))
	if _, ok := l.wheel.Next(); ok || sent < 2*n*9/10 {
		t.Errorf("%d frames sent", sent)
	}
	runtime.KeepAlive(sessions)
}

// heap is what lives.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// collection is how long one garbage collection takes, and stops the world.
func collection() string {
	cpu := []metrics.Sample{{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"}, {Name: "/cpu/classes/gc/mark/dedicated:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"}}
	total := func() (sum float64) {
		metrics.Read(cpu)
		for _, c := range cpu {
			sum += c.Value.Float64()
		}
		return sum
	}
	runtime.GC()
	spent, began := total(), time.Now()
	runtime.GC()
	took := time.Since(began)
	var stats debug.GCStats
	debug.ReadGCStats(&stats)
	return fmt.Sprintf("%v, %.0f ms of CPU, and stops all for %v", took, (total()-spent)*1000, stats.Pause[0])
}

// A message a turn in a shard whose others are idle.
func BenchmarkMessageAmongAMillion(b *testing.B) {
	sys := &still{}
	cfg := &session.Config{Ping: time.Hour, Write: time.Minute, Close: time.Second}
	l, sessions := many(sys, 1_000_000, cfg)
	message := drivertest.Masked(frame.Binary, make([]byte, 125))
	i := 0
	for b.Loop() {
		sys.heard = message
		s := sessions[i*7919%len(sessions)]
		s.client.readable = true
		l.goOn(s)
		i++
	}
}
