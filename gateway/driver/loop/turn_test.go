//go:build linux

package loop

import (
	"bytes"
	"testing"
	"unsafe"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/driver/wheel"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

func TestASessionThatFloodsStarvesNoOther(t *testing.T) {
	flood := drivertest.Masked(frame.Binary, make([]byte, 10*turnBytes))
	for name, say := range map[string]func(flooding *guest){
		"from its client":  func(g *guest) { g.client.arrive(flood) },
		"from its service": func(g *guest) { g.service.arrive(flood) },
		"from both":        func(g *guest) { g.client.arrive(flood); g.service.arrive(flood) },
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			flooding, other := tb.seat(), tb.seat()
			say(flooding)
			for i := range 3 {
				other.client.arrive(drivertest.Masked(frame.Binary, []byte("a word")))
				other.service.arrive([]byte("an answer"))
				tb.shard.turn()
				if n := other.toService.Len(); n != (i+1)*len("a word") {
					t.Errorf("after turn %d, the other service was sent %d bytes", i, n)
				}
				if n := other.toClient.Len(); n != (i+1)*(2+len("an answer")) {
					t.Errorf("after turn %d, the other client was sent %d bytes", i, n)
				}
				const most = turnBytes + 2*mostRead
				if n := flooding.toService.Len(); n > (i+1)*most {
					t.Errorf("after turn %d, the flood is %d bytes", i, n)
				}
			}
			tb.turns()
			if len(flooding.client.in)+len(flooding.service.in) > 0 {
				t.Error("the flood does not go on")
			}
		})
	}
}

func TestLettersBeforeStartAreKept(t *testing.T) {
	t.Run("Close tells the client when it starts, behind the answer", func(t *testing.T) {
		tb := lay(t)
		g := tb.guest()
		g.Close(session.Drain)
		tb.shard.turn()
		if g.toClient.Len() > 0 {
			t.Errorf("the client was sent %q before the answer", g.toClient.Bytes())
		}
		g.Start([]byte("answer"), nil)
		tb.shard.turn()
		g.wantClose(t, 1001, "drain")
		if !bytes.HasPrefix(g.toClient.Bytes(), []byte("answer")) {
			t.Errorf("the client was sent %q", g.toClient.Bytes())
		}
		g.client.arrive(drivertest.Masked(frame.Close, nil))
		g.service.arriveFIN()
		tb.turns()
		g.wantEnd(t, session.Drain)
		tb.wantNothing(t)
	})
	t.Run("Cut ends it when it starts", func(t *testing.T) {
		tb := lay(t)
		g := tb.guest()
		g.Cut(session.Drain)
		g.Start([]byte("answer"), []byte("early"))
		tb.shard.turn()
		g.wantEnd(t, session.Drain)
		if g.toClient.Len()+g.toService.Len() > 0 {
			t.Error("something was sent")
		}
		tb.wantNothing(t)
	})
	t.Run("letters after the end are nothing", func(t *testing.T) {
		tb := lay(t)
		g := tb.seat()
		g.Cut(session.Drain)
		g.Cut(session.Drain)
		g.Close(session.Drain)
		tb.shard.turn()
		g.wantEnd(t, session.Drain)
		tb.wantNothing(t)
	})
}

func TestAnEventOfAFormerSessionIsNoneOfItsSuccessor(t *testing.T) {
	tb := lay(t)
	former := tb.seat()
	event := former.client.token.event()
	event.Events = former.client.mask() | 0x2011
	former.Cut(session.Drain)
	tb.shard.turn()
	g := tb.seat()
	if g.slot != event.Fd>>1 {
		t.Fatalf("the successor has slot %d, not %d", g.slot, event.Fd>>1)
	}
	tb.shard.event(&event)
	if g.Session.client.readable || g.Session.client.ended {
		t.Error("the successor takes it for its own")
	}
}

// A client's Close frame comes with bytes for a service that takes nothing: all
// has been said, and the session waits for its bound, and no longer.
func TestASessionThatIsOverEndsAtItsBound(t *testing.T) {
	tb := lay(t)
	g := tb.seat()
	g.service.room = 1
	g.service.arriveFIN()
	tb.turns()
	g.client.arrive(append(drivertest.Masked(frame.Binary, []byte("too much")), drivertest.Masked(frame.Close, nil)...))
	tb.turns()
	if len(g.owner.ends) > 0 {
		t.Fatalf("it ended with %+v before its service had its time", g.owner.ends)
	}
	tb.pass(tb.clock + drivertest.Config().Close + wheel.Tick)
	tb.shard.turn()
	g.wantEnd(t, session.BackendEOF)
	tb.wantNothing(t)
}

func TestCloseOfAGroupEndsAll(t *testing.T) {
	g, err := NewGroup()
	if err != nil {
		t.Fatal(err)
	}
	var owners []*drivertest.Owner
	for range 8 {
		owners = append(owners, adopted(t, g))
	}
	g.Close()
	for _, o := range owners {
		o.Want(t, session.Drain)
	}
}

// adopted is the owner of a session of g that has started.
func adopted(t *testing.T, g *Group) *drivertest.Owner {
	t.Helper()
	client, _ := drivertest.TCPPair(t)
	service, _ := drivertest.TCPPair(t)
	o := drivertest.NewOwner()
	s := g.New(driver.Options{Client: client, Service: service, Config: drivertest.Config(), Owner: o})
	if err := s.Adopt(); err != nil {
		t.Fatal(err)
	}
	s.Start(nil, nil)
	return o
}

func TestAClientIsAnsweredWhileItsServiceReadsNothing(t *testing.T) {
	for name, test := range map[string]struct {
		says []byte
		want string
	}{
		"a ping":         {drivertest.Masked(frame.Ping, []byte("?")), "\x8a\x01?"},
		"a broken frame": {bytes.Repeat([]byte{0xff}, frame.MaxHeader), "\x88\x10\x03\xeaprotocol_error"},
		// Both sides have said their last word then.
		"a Close frame that breaks a rule": {drivertest.Masked(frame.Close, []byte{3}), "\x88\x10\x03\xeaprotocol_error"},
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			g := tb.seat()
			g.service.room = 1
			g.client.arrive(append(drivertest.Masked(frame.Binary, []byte("too much")), test.says...))
			tb.turns()
			if got := g.toClient.String(); got != test.want {
				t.Errorf("the client was sent %q, want %q", got, test.want)
			}
			g.service.room = 1 << 10
			g.service.drain(1)
			tb.turns()
			if got := g.toService.String(); got != "too much" {
				t.Errorf("the service was sent %q", got)
			}
			g.Cut(session.Drain)
			tb.turns()
			tb.wantNothing(t)
		})
	}
}

// The kernel copies what a socket has received some tenths of a microsecond
// faster to there.
func TestPiecesBeginWithACacheLine(t *testing.T) {
	l := newShard(nil)
	l.place(&Session{})
	for name, at := range map[string]int{"the first": 0, "the second of a batch": roomOf(session.Headroom + smallPiece)} {
		if off := uintptr(unsafe.Pointer(&l.buf[at+session.Headroom])) % 64; off != 0 {
			t.Errorf("%s begins %d bytes behind one", name, off)
		}
	}
}
