//go:build linux

package loop

import (
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// couple is a table whose shard has another beside it, which rests.
func couple(t *testing.T) (tb *table, g *Group, other *shard) {
	tb = lay(t)
	g = &Group{}
	g.add(tb.shard)
	g.add(tb.addShard())
	return tb, g, tb.desks[1].shard
}

// allTurn lets all shards work while there is something to do.
func (tb *table) allTurn() {
	for !tb.idle() {
		for _, d := range tb.desks {
			if d.busy() {
				tb.shard = d.shard
				d.shard.turn()
			}
		}
	}
}

// guestOf starts a session whose home is l.
func (tb *table) guestOf(l *shard) *guest {
	tb.shard = l
	g := tb.guest()
	g.Start(nil, nil)
	tb.allTurn()
	return g
}

func TestASessionIsWhereItsHomeStands(t *testing.T) {
	tb, group, other := couple(t)
	g := tb.guestOf(other)
	word := drivertest.Masked(frame.Binary, []byte("word"))
	for i, step := range []struct {
		serve int
		says  bool
		want  *shard
	}{
		{1, false, tb.desks[0].shard},
		{2, false, tb.desks[0].shard}, // it is idle
		{2, true, other},
		{2, true, other},
		{1, true, tb.desks[0].shard},
	} {
		group.serve(step.serve, tb.clock)
		if step.says {
			g.client.arrive(word)
		}
		tb.allTurn()
		if g.shard.Load() != step.want {
			t.Errorf("after step %d it is with the wrong shard", i)
		}
	}
	if got := g.toService.String(); got != "wordwordword" {
		t.Errorf("its service was sent %q", got)
	}
	if n := other.sessions.Load(); n != 1 {
		t.Errorf("%d sessions have their home there", n)
	}
	g.Cut(session.Drain)
	tb.allTurn()
	g.wantEnd(t, session.Drain)
	for _, d := range tb.desks {
		tb.shard = d.shard
		tb.wantNothing(t)
	}
}

// What is unsent may be in a pipe of the shard's.
func TestASessionWithUnsentBytesStays(t *testing.T) {
	tb, group, other := couple(t)
	g := tb.guestOf(other)
	g.client.room = 1
	g.service.arrive([]byte("more"))
	tb.allTurn()
	group.serve(2, tb.clock)
	g.client.arrive(drivertest.Masked(frame.Binary, []byte("word")))
	tb.allTurn()
	if g.shard.Load() == other {
		t.Fatal("it has migrated")
	}
	g.client.room = 100
	g.client.drain(1)
	tb.allTurn()
	g.service.arrive([]byte("!"))
	tb.allTurn()
	if g.shard.Load() != other {
		t.Error("it has not migrated once all was sent")
	}
	if got := g.toClient.String(); got != "\x82\x04more\x82\x01!" || g.toService.String() != "word" {
		t.Errorf("its client was sent %q, its service %q", got, g.toService.String())
	}
}

func TestALetterFollowsASession(t *testing.T) {
	tb, group, other := couple(t)
	former := tb.shard
	g := tb.guestOf(other)
	group.serve(2, tb.clock)
	g.client.arrive(drivertest.Masked(frame.Binary, []byte("word")))
	tb.allTurn()
	former.post(letter{what: cut, session: g.Session, cause: session.Drain})
	tb.allTurn()
	g.wantEnd(t, session.Drain)
}

func TestASessionStaysWhereTheOtherShardHasEnded(t *testing.T) {
	tb, group, other := couple(t)
	g := tb.guestOf(other)
	other.post(letter{what: end})
	tb.shard = other
	other.run()
	group.serve(2, tb.clock)
	tb.shard = tb.desks[0].shard
	g.client.arrive(drivertest.Masked(frame.Binary, []byte("word")))
	tb.allTurn()
	if got := g.toService.String(); got != "word" || g.shard.Load() == other {
		t.Errorf("its service was sent %q", got)
	}
	g.Cut(session.Drain)
	tb.allTurn()
	g.wantEnd(t, session.Drain)
}

// Whatever a driver does, it does while its sessions migrate all the time.
func TestSuiteWhileSessionsMigrate(t *testing.T) {
	const shards = 3
	before := runtime.GOMAXPROCS(2 * shards) // as NewGroup wants it
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	g, err := newGroup(shards)
	if err != nil {
		t.Fatal(err)
	}
	over, restless := make(chan struct{}), sync.WaitGroup{}
	restless.Go(func() {
		for {
			select {
			case <-over:
				return
			case <-time.After(time.Millisecond):
				g.mu.Lock()
				g.serve(1+rand.IntN(shards), 0)
				g.mu.Unlock()
			}
		}
	})
	t.Cleanup(func() { close(over); restless.Wait(); g.Close() })
	suiteOf(g).Run(t)
}

// What crypto/tls has read already is no event of the socket's any more.
func TestASessionTakesWhatTLSHasReadAlong(t *testing.T) {
	g := &Group{}
	for range 2 {
		g.add(shardByHand(t))
	}
	l, to := g.shards[0], g.shards[1]
	l.sessions.Add(1) // so that the next one is at home with the other
	near, far := drivertest.TCPPair(t)
	server, client := drivertest.ShakeHands(t, driver.NewTransport(near), far)
	service := begin(t, g, server)
	client.Write(drivertest.Masked(frame.Binary, []byte("some words")))
	s := l.slots[0].session
	l.sys.wait(l.events[:], time.Minute) // and its event is lost
	s.client.ready(unix.EPOLLIN)
	buf := l.buf[:session.Headroom+10]
	if n, err := l.read(&s.client, buf[session.Headroom:]); n != 10 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	l.from(s, &s.client, buf)
	l.putOff(s)
	g.serve(2, 0)
	l.turn()
	to.turn()
	got := make([]byte, len("some words"))
	if _, err := io.ReadFull(service, got); string(got) != "some words" || s.shard.Load() != to {
		t.Errorf("its service was sent %q, %v", got, err)
	}
}

func TestAShardThatEndsOpensItsLastLetters(t *testing.T) {
	tb, _, other := couple(t)
	tb.shard = other
	g := tb.guest()
	if !other.admit(g.Session) {
		t.Fatal("it is not admitted")
	}
	other.open(&letter{what: end})
	if other.admit(g.Session) {
		t.Error("it is admitted by a shard that ends")
	}
	other.work()
	g.wantEnd(t, session.Drain)
}
