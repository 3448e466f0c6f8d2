package metrics

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"switchyard.dev/gateway/session"
)

const bytesIn = "switchyard_session_bytes_total{direction=in,route=r,subprotocol=s}"

func TestCountersNeverGoBackwards(t *testing.T) {
	b := newBench(t)
	s := newFake("r", "s")
	b.start(s)
	s.bytes.Store(50)
	b.want(t, "while it lives", 50)
	s.ended.Store(true)
	b.want(t, "when it has ended and nobody was told", 50)
	b.Ended(&s.Session, session.End{Stats: session.Stats{BytesIn: 60}}, 0)
	b.want(t, "when it has ended and is still in the registry", 60)
	s.ended.Store(false)
	b.want(t, "even if it still has figures", 60)
	b.sessions.Remove(s)
	b.want(t, "when it is gone", 60)
}

func (b *bench) want(t *testing.T, when string, want float64) {
	t.Helper()
	if got := b.gather(t)[bytesIn]; got != want {
		t.Errorf("%s: %v bytes, want %v", when, got, want)
	}
}

// TestASessionThatEndsDuringAScrape ends it at the worst moment: after it was
// asked for its figures, before they are summed up.
func TestASessionThatEndsDuringAScrape(t *testing.T) {
	b := newBench(t)
	s := newFake("r", "s")
	b.start(s)
	s.bytes.Store(50)
	sampled := b.sample()
	b.end(s, session.Idle, 1001)
	b.figures(sampled)
	if got := b.at("r", "s").shown.BytesIn; got != 50 {
		t.Errorf("%d bytes, want 50", got)
	}
}

// TestScrapesWhileSessionsComeAndGo checks every scrape against what is known
// from outside: it shows at least all bytes moved before it began, at most those
// moved before it ended, and never less than the scrape before.
func TestScrapesWhileSessionsComeAndGo(t *testing.T) {
	const workers, sessions, scrapes = 4, 300, 100
	b := newBench(t)
	first := newFake("r", "s")
	b.start(first)

	var traffic sync.WaitGroup
	moved := &tally{}
	for range workers {
		traffic.Go(func() {
			for range sessions {
				b.live(newFake("r", "s"), moved)
			}
		})
	}
	var scrapers sync.WaitGroup
	for range 2 {
		scrapers.Go(func() {
			last := 0.0
			for range scrapes {
				done, _ := moved.read()
				got := b.gather(t)[bytesIn]
				_, begun := moved.read()
				if got < done || got > begun || got < last {
					t.Errorf("a scrape shows %v, before it %v were moved, after it %v; the one before showed %v", got, done, begun, last)
				}
				last = got
			}
		})
	}
	traffic.Wait()
	scrapers.Wait()
	b.end(first, session.Idle, 1001)
	if _, begun := moved.read(); b.gather(t)[bytesIn] != begun {
		t.Errorf("at the end %v are shown, %v were moved", b.gather(t)[bytesIn], begun)
	}
	if n := b.at("r", "s").active; n != 0 {
		t.Errorf("%d sessions are still open", n)
	}
}

// live is the life of a session with some traffic.
func (b *bench) live(s *fake, moved *tally) {
	b.start(s)
	for range rand.IntN(20) {
		moved.add(func() { s.bytes.Add(3) }, 3)
	}
	// It keeps its figures until it has left: the bounds hold only then.
	b.Ended(&s.Session, session.End{Cause: session.Idle, Code: 1001, Stats: s.stats()}, 0)
	b.sessions.Remove(s)
}

// tally counts bytes that are about to be moved and those that were.
type tally struct {
	mu          sync.Mutex
	begun, done uint64
}

func (t *tally) add(move func(), n uint64) {
	t.mu.Lock()
	t.begun += n
	t.mu.Unlock()
	move()
	t.mu.Lock()
	t.done += n
	t.mu.Unlock()
}

func (t *tally) read() (done, begun float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return float64(t.done), float64(t.begun)
}

func BenchmarkCollect(b *testing.B) {
	bench := newBench(b)
	for i := range 10_000 {
		bench.start(newFake("r"+strconv.Itoa(i%10), "s"))
	}
	for b.Loop() {
		bench.figures(bench.sample())
	}
}
