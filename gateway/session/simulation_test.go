package session

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// TestSimulation drives sessions through random interleavings of all that can
// happen, with a driver whose writes take time, end late or fail, and holds them
// to what must be true of every one. The seed of a failure replays it.
func TestSimulation(t *testing.T) {
	seeds := uint64(20000)
	if testing.Short() {
		seeds = 2000
	}
	ended := map[Cause]int{}
	for seed := range seeds {
		sim := newSimulation(t, seed)
		sim.run()
		ended[sim.s.End().Cause]++
	}
	for _, c := range Causes() {
		if ended[c] == 0 {
			t.Errorf("no session ended with %v: %v", c, ended)
		}
	}
}

// simulation is a session, its driver and both its peers.
type simulation struct {
	t    *testing.T
	seed uint64
	*rand.Rand
	cfg Config
	s   *Session
	now time.Duration
	// armed is when the driver's timer goes off.
	armed time.Duration
	// bound is when the session must be over; zero before its end has begun.
	bound time.Duration
	done  bool

	client, service pipe
	// writingControl: the write to the client is of TakeControl.
	writingControl bool
	controlDue     bool
	told           map[Action]bool
	check          clientCheck
	trace          []string
}

// pipe is a connection as a driver sees it.
type pipe struct {
	unread []byte
	ended  bool
	// buf[r:] is what was read and not taken yet.
	buf []byte
	r   int
	// writing: a write to it goes on; after is what must be done then.
	writing bool
	after   Action
	// written are the bytes that were given to it.
	written int
}

func (p *pipe) taken() bool { return p.r == len(p.buf) }

func newSimulation(t *testing.T, seed uint64) *simulation {
	sim := &simulation{t: t, seed: seed, Rand: rand.New(rand.NewPCG(seed, 1)), now: time.Second, told: map[Action]bool{}}
	sim.cfg = testConfig
	sim.cfg.Framing, sim.cfg.Text = framing.Kind(sim.IntN(4)), sim.IntN(2) == 0
	sim.cfg.MaxMessage = uint64(sim.IntN(2) * 300)
	if sim.IntN(2) == 0 {
		sim.cfg.Ping, sim.cfg.Pong = sim.duration(), sim.duration()
	}
	if sim.IntN(4) == 0 {
		sim.cfg.Idle = sim.duration()
	}
	sim.s = begun(&sim.cfg, sim.now)
	sim.arm()
	for range sim.IntN(20) {
		sim.client.unread = append(sim.client.unread, sim.clientFrame()...)
	}
	for range sim.IntN(20) {
		sim.service.unread = append(sim.service.unread, sim.serviceMessage()...)
	}
	return sim
}

func (sim *simulation) duration() time.Duration {
	return time.Duration(1+sim.IntN(100)) * time.Second
}

func (sim *simulation) clientFrame() []byte {
	p := string(bytes.Repeat([]byte("ñ"), sim.IntN(100)))
	if sim.IntN(60) == 0 {
		p += []string{"\xff", "\n"}[sim.IntN(2)]
	}
	switch sim.IntN(120) {
	case 0:
		return badFrame()
	case 1:
		return closing([]uint16{0, 1000, 1001, 1005, 4000}[sim.IntN(5)], "")
	case 2:
		return closing(1000, "\xff")
	case 3:
		return more(frame.Text, p)
	}
	switch sim.IntN(6) {
	case 0:
		return bytes.Join([][]byte{more(frame.Text, p), ping("between"), more(frame.Continuation, ""), last(p)}, nil)
	case 1:
		return ping(p[:min(len(p), frame.MaxControl)])
	case 2:
		return pong("")
	case 3:
		return bin(p)
	default:
		return txt(p)
	}
}

func (sim *simulation) serviceMessage() []byte {
	p := bytes.Repeat([]byte("ñ"), sim.IntN(100))
	if sim.IntN(100) == 0 {
		p = append(p, 0xc3)
	}
	switch sim.cfg.Framing {
	case framing.Lines:
		return append(p, '\n')
	case framing.LengthPrefixed:
		return append([]byte{0, 0, byte(len(p) >> 8), byte(len(p))}, p...)
	case framing.Typed:
		return append([]byte{byte(1 + sim.IntN(2)), 0, 0, byte(len(p) >> 8), byte(len(p))}, p...)
	}
	return p
}

func (sim *simulation) failf(format string, a ...any) {
	sim.t.Helper()
	sim.t.Fatalf("seed %d: %s\n%+v\n%q", sim.seed, fmt.Sprintf(format, a...), sim.s.End(), sim.trace)
}

// run lets things happen until the session is over.
func (sim *simulation) run() {
	for step := 0; !sim.done; step++ {
		if step > 5000 {
			sim.failf("the session does not end")
		}
		sim.step()
		sim.invariants()
	}
	end := sim.s.End()
	if end.Cause == None {
		sim.failf("it ended without a cause")
	}
	stats := end.Stats
	if stats.BytesOut != sim.check.bytes || stats.MessagesOut != sim.check.messages {
		sim.failf("the client saw %d bytes in %d messages", sim.check.bytes, sim.check.messages)
	}
	if sim.cfg.Framing == framing.Stream && stats.BytesIn != uint64(sim.service.written) {
		sim.failf("the service saw %d bytes", sim.service.written)
	}
}

func (sim *simulation) invariants() {
	if sim.done {
		return
	}
	if sim.s.end.cause != None && sim.bound == 0 {
		sim.bound = sim.now + 3*sim.cfg.Close
	}
	if sim.bound > 0 && sim.now > sim.bound {
		sim.failf("it lives on at %v, after %v", sim.now, sim.bound)
	}
	if at := sim.s.Deadline(sim.now); at > 0 && (sim.armed == 0 || at < sim.armed) {
		sim.failf("the Deadline %v is nearer than %v, which is armed", at, sim.armed)
	}
}

// step is one thing that may happen now.
func (sim *simulation) step() {
	c, v := &sim.client, &sim.service
	switch roll := sim.IntN(1000); {
	case roll < 250:
		sim.readClient()
	case roll < 450:
		sim.readService()
	case roll < 600:
		sim.endWriteService()
	case roll < 750:
		sim.endWriteClient()
	case roll < 850 && sim.controlDue && !c.writing:
		sim.takeControl()
	case roll < 950:
		sim.pass(time.Duration(sim.IntN(int(5 * time.Second))))
	case roll < 960:
		sim.pass(time.Hour)
	case roll < 964 && !v.writing && c.taken() && !c.ended && sim.s.Listening():
		c.ended = true
		sim.act("client ended", nil, sim.s.ClientEnded(sim.now))
	case roll < 968 && !c.writing && v.taken() && !v.ended && sim.s.Reading():
		v.ended = true
		sim.act("service EOF", nil, sim.s.ServiceEOF(sim.now))
	case roll < 970 && !c.writing && v.taken() && !v.ended && sim.s.Reading():
		v.ended = true
		sim.act("service failed", nil, sim.s.ServiceFailed(sim.now, "reset"))
	case roll < 971:
		sim.act("drain", nil, sim.s.Close(sim.now, Drain))
	case roll < 972:
		sim.act("fault", nil, sim.s.Close(sim.now, Internal))
	case roll < 973:
		sim.act("abort", nil, sim.s.Abort(sim.now, Drain))
	}
}

func (sim *simulation) readClient() {
	p, to := &sim.client, &sim.service
	if to.writing || p.ended || !sim.s.Listening() || !sim.fill(p) {
		return
	}
	out, next, do := sim.s.FromClient(sim.now, p.buf, p.r)
	if next <= p.r {
		sim.failf("FromClient took nothing")
	}
	p.r = next
	if len(out) == 0 {
		sim.act("client bytes", nil, do)
		return
	}
	if sim.told[ShutService] || sim.told[CloseService] {
		sim.failf("bytes for a service that was shut: %q", out)
	}
	to.written += len(out)
	sim.s.WritingService(sim.now)
	sim.act("client data", to, do)
}

func (sim *simulation) readService() {
	p, to := &sim.service, &sim.client
	if to.writing || p.ended || !sim.s.Reading() || !sim.fill(p) {
		return
	}
	out, next, do := sim.s.FromService(sim.now, p.buf, p.r)
	if next <= p.r {
		sim.failf("FromService took nothing")
	}
	p.r = next
	if len(out) == 0 {
		sim.act("service bytes", nil, do)
		return
	}
	sim.check.take(sim, out)
	sim.s.WritingClient(sim.now)
	sim.act("service data", to, do)
}

// fill reads what comes next, unless there is a rest to be taken.
func (sim *simulation) fill(p *pipe) bool {
	if !p.taken() {
		return true
	}
	n := min(1+sim.IntN(1+sim.IntN(1000)), len(p.unread))
	p.buf = append(make([]byte, Headroom), p.unread[:n]...)
	p.unread, p.r = p.unread[n:], Headroom
	return n > 0
}

func (sim *simulation) takeControl() {
	sim.controlDue = false
	b := sim.s.TakeControl(nil)
	if len(b) > MaxControl {
		sim.failf("%d bytes of control frames", len(b))
	}
	if len(b) == 0 {
		return // what was due has lost its sense
	}
	sim.check.take(sim, b)
	sim.writingControl = true
	sim.s.WritingClient(sim.now)
	sim.act("control frames", &sim.client, 0)
}

func (sim *simulation) endWriteService() {
	p := &sim.service
	if !p.writing {
		return
	}
	p.writing = false
	after := p.after
	if sim.told[CloseService] || sim.IntN(100) == 0 {
		after |= sim.s.ServiceBroken(sim.now)
	} else {
		sim.s.WroteService(sim.now)
	}
	sim.act("service written", nil, after)
}

func (sim *simulation) endWriteClient() {
	p := &sim.client
	if !p.writing {
		return
	}
	p.writing = false
	after, control := p.after, sim.writingControl
	sim.writingControl = false
	sim.s.WroteClient()
	switch {
	case sim.told[CloseClient] || sim.IntN(100) == 0:
		after |= sim.s.ClientBroken(sim.now)
	case control:
		after |= sim.s.ControlWritten(sim.now)
	}
	sim.act("client written", nil, after)
}

// act does what the session asks for, once what goes to p is written.
func (sim *simulation) act(what string, p *pipe, do Action) {
	sim.trace = append(sim.trace, fmt.Sprintf("%v %s %07b", sim.now, what, do))
	if do&Rearm != 0 {
		sim.arm()
	}
	do &^= Rearm
	if p != nil {
		p.writing, p.after = true, do
		return
	}
	sim.controlDue = sim.controlDue || do&ControlFrames != 0
	for a := ShutService; a <= CloseClient; a <<= 1 {
		if do&a == 0 {
			continue
		}
		if sim.told[a] {
			sim.failf("action %b told twice", a)
		}
		sim.told[a] = true
	}
	sim.done = do&Done != 0
}

func (sim *simulation) arm() { sim.armed = sim.s.Deadline(sim.now) }

// pass lets time pass, up to the next Tick.
func (sim *simulation) pass(d time.Duration) {
	if sim.now+d < sim.armed || sim.armed == 0 {
		sim.now += d
		return
	}
	sim.now = sim.armed
	sim.act("tick", nil, sim.s.Tick(sim.now))
}

// clientCheck is a strict client.
type clientCheck struct {
	inMessage, closed bool
	bytes, messages   uint64
}

func (c *clientCheck) take(sim *simulation, p []byte) {
	for len(p) > 0 {
		h, n, err := frame.Parse(p)
		if err != nil || n == 0 || h.Length > uint64(len(p)-n) {
			sim.failf("no whole frame: % x, %v", p, err)
		}
		if err := (frame.Rules{InMessage: c.inMessage}).Check(h); err != nil {
			sim.failf("% x: %v", p, err)
		}
		if c.closed {
			sim.failf("%+v follows Close", h)
		}
		payload := p[n : n+int(h.Length)]
		p = p[n+int(h.Length):]
		switch {
		case h.Opcode == frame.Close:
			c.closed = true
			if _, _, err := frame.ParseClose(payload); err != nil {
				sim.failf("Close of %q: %v", payload, err)
			}
		case !h.Opcode.Control():
			c.inMessage = !h.Fin
			c.bytes += h.Length
			if h.Fin {
				c.messages++
			}
		}
	}
}
