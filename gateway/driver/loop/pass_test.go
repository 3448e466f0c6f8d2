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
	if len(tb.pipe.held) > 0 {
		t.Errorf("%d bytes are left in the pipe", len(tb.pipe.held))
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
