//go:build linux

package loop

import (
	"bytes"
	"testing"

	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// table is a shard whose sessions are put together by hand. Their peers say
// what the test says and take all they are sent.
type table struct {
	*world
}

// guest is a session at the table, with what its peers were sent.
type guest struct {
	*Session
	owner           *witness
	client, service *socket
	toClient        bytes.Buffer
	toService       bytes.Buffer
}

// witness is an owner that may be at fault itself.
type witness struct {
	ends                       []session.End
	faults                     []any
	panicsAtEnd, panicsAtFault bool
}

func (o *witness) Ended(e session.End) {
	o.ends = append(o.ends, e)
	if o.panicsAtEnd {
		panic("at the end")
	}
}

func (o *witness) Fault(v any, _ []byte) {
	o.faults = append(o.faults, v)
	if o.panicsAtFault {
		panic("at the fault")
	}
}

func lay(t *testing.T) *table {
	w := newWorld(1)
	w.placid = true
	w.failed = t.Fatalf
	return &table{world: w}
}

// seat starts a session.
func (tb *table) seat() *guest {
	g := tb.guest()
	g.Start(nil, nil)
	tb.turns()
	return g
}

// guest is a session that has not started.
func (tb *table) guest() *guest {
	g := &guest{owner: &witness{}}
	g.Session = newSession(tb.shard)
	g.Session.owner = g.owner
	g.engine.Init(drivertest.Config(), tb.clock)
	g.client = tb.plug(g, &g.Session.client, &g.toClient)
	g.service = tb.plug(g, &g.Session.service, &g.toService)
	tb.shard.sessions.Add(1)
	return g
}

func (tb *table) plug(g *guest, x *side, to *bytes.Buffer) *socket {
	s := tb.open()
	tb.number(s)
	s.session, s.side, s.room = g.Session, x, 1<<30
	s.peer = &endpoint{w: tb.world, sock: s, gone: true, shut: func() {}}
	s.peer.check = func(p []byte) { to.Write(p) }
	x.fd = int32(s.fd)
	return s
}

// turns lets the shard work while there is something to do.
func (tb *table) turns() {
	for tb.desks[0].busy() {
		tb.shard.turn()
	}
}

func (g *guest) wantEnd(t *testing.T, cause session.Cause) {
	t.Helper()
	if len(g.owner.ends) != 1 || g.owner.ends[0].Cause != cause {
		t.Errorf("it ended with %+v, want %v once", g.owner.ends, cause)
	}
	if g.Session.client.open() || g.Session.service.open() {
		t.Error("a socket is left")
	}
}

func (g *guest) wantClose(t *testing.T, code uint16, reason string) {
	t.Helper()
	payload := frame.AppendClose(nil, code, reason)
	want := append(frame.Header{Fin: true, Opcode: frame.Close, Length: uint64(len(payload))}.Append(nil), payload...)
	if got := g.toClient.Bytes(); !bytes.HasSuffix(got, want) {
		t.Errorf("the client was sent %d bytes up to %q, want %q", len(got), got[max(0, len(got)-len(want)):], want)
	}
}

// wantNothing: no session is left, nor anything of one.
func (tb *table) wantNothing(t *testing.T) {
	t.Helper()
	if n := tb.shard.sessions.Load(); n != 0 {
		t.Errorf("%d sessions are counted", n)
	}
	if at, ok := tb.shard.wheel.Next(); ok {
		t.Errorf("something is due at %v", at)
	}
	for fd, s := range tb.sockets {
		if s != nil {
			t.Errorf("socket %d is left", fd)
		}
	}
}
