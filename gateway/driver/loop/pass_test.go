//go:build linux

package loop

import (
	"bytes"
	"testing"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// stream is so much that a service which says it at once is passed on.
var stream = bytes.Repeat([]byte("stream"), 100<<10)

// The error of a socket is told once, to whichever call comes first.
func TestAResetOfAServiceThatIsPassedOnIsNoEOF(t *testing.T) {
	tb := lay(t)
	g := tb.seat()
	g.service.arrive(stream)
	g.service.arriveReset()
	tb.turns()
	g.wantClose(t, session.BackendReset.Code(), session.BackendReset.String())
	g.client.arriveFIN()
	tb.turns()
	g.wantEnd(t, session.BackendReset)
	tb.wantNothing(t)
}

// wantStream: the client was sent what the service has said, n bytes.
func (g *guest) wantStream(t *testing.T, n int) {
	t.Helper()
	var got []byte
	for b := g.toClient.Bytes(); len(b) > 0; {
		h, size, err := frame.Parse(b)
		if err != nil || size == 0 || h.Opcode != frame.Binary || h.Length > uint64(len(b)-size) {
			t.Fatalf("behind %d bytes: %+v of %d bytes, %v", len(got), h, len(b), err)
		}
		got = append(got, b[size:size+int(h.Length)]...)
		b = b[size+int(h.Length):]
	}
	if want := bytes.Repeat(stream, n/len(stream)); !bytes.Equal(got, want) {
		t.Errorf("the client was sent %d bytes, which are not the %d that were said", len(got), len(want))
	}
}

// take lets the client take what it was sent, until nothing comes.
func (tb *table) take(g *guest) {
	for g.client.out > 0 {
		g.client.drain(g.client.out)
		tb.turns()
	}
}

func TestAPipeStaysWithAClientThatHasNotTakenAll(t *testing.T) {
	for name, room := range map[string]int{
		"of the payload":               300 << 10,
		"of the header":                leastPass + 10 + 4,
		"and had no room for a header": leastPass + 10,
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			slow, other := tb.seat(), tb.seat()
			slow.service.arrive(stream)
			tb.turns() // and pieces have become as large as they may
			tb.take(slow)
			slow.client.room = room
			slow.service.arrive(stream)
			tb.turns()
			if b := slow.Session.client.unsent; b == nil || !b.pipe.made() {
				t.Fatal("it has none")
			}
			other.service.arrive(stream)
			tb.turns()
			other.wantStream(t, len(stream))
			tb.take(slow)
			slow.wantStream(t, 2*len(stream))
			slow.service.arrive(stream)
			tb.turns()
			tb.take(slow)
			slow.wantStream(t, 3*len(stream))
			if n := len(tb.conduits); n != 2 {
				t.Errorf("there are %d pipes", n)
			}
		})
	}
}

func TestBytesAreCopiedWhereOthersHaveAllPipes(t *testing.T) {
	tb := lay(t)
	var slow []*guest
	for range mostPipes + 2 {
		g := tb.seat()
		g.client.room = 300 << 10
		g.service.arrive(stream)
		slow = append(slow, g)
	}
	other := tb.seat()
	tb.turns()
	if n := tb.shard.pipes.lent; n != mostPipes {
		t.Errorf("%d pipes are lent", n)
	}
	other.service.arrive(stream)
	tb.turns()
	other.wantStream(t, len(stream))
	for _, g := range slow {
		tb.take(g)
		g.wantStream(t, len(stream))
	}
	if n := tb.shard.pipes.lent; n != 0 {
		t.Errorf("%d pipes are lent to nobody", n)
	}
}

func TestAPipeGoesWithItsSession(t *testing.T) {
	tb := lay(t)
	g := tb.seat()
	g.client.room = 300 << 10
	g.service.arrive(stream)
	tb.turns()
	g.Cut(session.Drain)
	tb.turns()
	g.wantEnd(t, session.Drain)
	if n := len(tb.conduits); n != 0 {
		t.Errorf("%d pipes are left", n)
	}
	tb.wantNothing(t)
}

// A header whose payload is missing makes payload of whatever comes next.
func TestNothingFollowsAHeaderWhosePayloadIsLostInAFault(t *testing.T) {
	tb := lay(t)
	g, other := tb.seat(), tb.seat()
	var header []byte
	g.client.peer.check = func(p []byte) {
		switch {
		case header != nil:
			t.Errorf("the header is followed by %d bytes", len(p))
		case len(p) <= frame.MaxHeader:
			header = p
			g.client.faults = 1
		}
	}
	g.service.arrive(stream)
	tb.turns()
	if header == nil {
		t.Fatal("nothing was passed on")
	}
	if len(tb.conduits) > 0 {
		t.Errorf("%d pipes are left", len(tb.conduits))
	}
	other.service.arrive(stream)
	tb.turns()
	if n := other.toClient.Len(); n < len(stream) {
		t.Errorf("another session's client was sent %d bytes", n)
	}
	g.client.arriveFIN()
	tb.turns()
	g.wantEnd(t, session.Internal)
}
