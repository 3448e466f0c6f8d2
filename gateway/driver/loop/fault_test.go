//go:build linux

package loop

import (
	"testing"

	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// A fault is met in one session; a second has something to say in the same turn.
func TestAFaultEndsItsSessionAlone(t *testing.T) {
	inReading := func(g *guest) { g.client.faults = 1 }
	inEngine := func(g *guest) { g.engine = session.Session{} }
	for name, test := range map[string]struct {
		faults []func(*guest)
		// told: the client still gets a Close frame.
		told  bool
		cause session.Cause
	}{
		"in reading the client":       {[]func(*guest){inReading}, true, session.Internal},
		"in writing to the service":   {[]func(*guest){func(g *guest) { g.service.faults = 1 }}, true, session.Internal},
		"in telling the client of it": {[]func(*guest){func(g *guest) { g.client.faults = 2 }}, false, session.Internal},
		"in an engine that is gone":   {[]func(*guest){inEngine}, false, session.Internal},
		"in an engine, and in Ended":  {[]func(*guest){inEngine, panicsAtEnd}, false, session.Internal},
		"in reading, and in Fault":    {[]func(*guest){inReading, panicsAtFault}, false, session.None},
		"in reading, and in the owner throughout": {
			[]func(*guest){inReading, panicsAtFault, panicsAtEnd}, false, session.None},
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			g, other := tb.seat(), tb.seat()
			for _, fault := range test.faults {
				fault(g)
			}
			g.client.arrive(drivertest.Masked(frame.Binary, []byte("bad luck")))
			other.client.arrive(drivertest.Masked(frame.Binary, []byte("good luck")))
			tb.shard.turn()
			if got := other.toService.String(); got != "good luck" {
				t.Errorf("the other session's service was sent %q", got)
			}
			if len(g.owner.faults) == 0 {
				t.Error("the owner is not told")
			}
			tb.turns()
			if test.told {
				g.wantClose(t, 1011, "internal")
				g.client.arriveFIN()
				tb.turns()
			}
			g.wantEnd(t, test.cause)
			other.Cut(session.Drain)
			tb.turns()
			other.wantEnd(t, session.Drain)
			tb.wantNothing(t)
		})
	}
}

func panicsAtEnd(g *guest)   { g.owner.panicsAtEnd = true }
func panicsAtFault(g *guest) { g.owner.panicsAtFault = true }

// What had come before the fault comes without an event after it.
func TestAFaultDoesNotLeaveWhatHasCome(t *testing.T) {
	for name, at := range map[string]func(*guest) *socket{
		"in reading the client":     func(g *guest) *socket { return g.client },
		"in writing to the service": func(g *guest) *socket { return g.service },
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			g := tb.seat()
			at(g).faults = 1
			g.client.arrive(drivertest.Masked(frame.Binary, []byte("last")))
			g.client.arriveFIN()
			tb.turns()
			g.wantEnd(t, session.Internal)
			tb.wantNothing(t)
		})
	}
}

func TestTheEndOfAShardEndsAllOfIt(t *testing.T) {
	tb := lay(t)
	first, bad, last := tb.seat(), tb.seat(), tb.seat()
	bad.owner.panicsAtEnd = true
	tb.shard.post(letter{what: end})
	late := tb.guest()
	late.Start(nil, nil) // which is in the same mail
	tb.shard.run()
	for _, g := range []*guest{first, bad, last, late} {
		g.wantEnd(t, session.Drain)
	}
	if !tb.desks[0].ended {
		t.Error("the system is not ended")
	}
	tb.wantNothing(t)
}
