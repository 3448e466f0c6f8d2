//go:build linux

package loop

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/driver/wheel"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
	"switchyard.dev/gateway/session"
)

// TestSimulation drives shards through random interleavings of all that can
// happen to their sockets, and holds them to what must be true of every one.
// The seed of a failure replays it.
func TestSimulation(t *testing.T) {
	seeds := uint64(20000)
	if testing.Short() || raceEnabled {
		seeds = 1000
	}
	defer debug.SetGCPercent(debug.SetGCPercent(1000)) // hardly anything lives long
	ended := map[session.Cause]int{}
	for seed := range seeds {
		sim := newSimulation(t, seed, false)
		sim.run()
		for _, c := range sim.conversations {
			ended[c.end.Cause]++
		}
	}
	for _, c := range session.Causes() {
		if ended[c] == 0 {
			t.Errorf("no session ended with %v: %v", c, ended)
		}
	}
}

// simulation is a shard with its sessions.
type simulation struct {
	*world
	t             *testing.T
	seed          uint64
	conversations []*conversation
	live          int
}

func newSimulation(t *testing.T, seed uint64, tracing bool) *simulation {
	sim := &simulation{world: newWorld(seed), t: t, seed: seed}
	sim.tracing = tracing
	sim.failed = sim.failf
	for range 1 + sim.IntN(4) {
		sim.after(time.Duration(sim.IntN(int(10*time.Millisecond))), sim.converse)
	}
	if sim.oneIn(20) {
		sim.after(time.Duration(sim.IntN(int(time.Second))), func() { sim.shard.post(letter{what: end}) })
	}
	return sim
}

// failf fails the test, with what happened in this seed.
func (sim *simulation) failf(format string, a ...any) {
	sim.t.Helper()
	if !sim.tracing {
		again := newSimulation(sim.t, sim.seed, true) // which fails as this did
		again.run()
		sim.t.Fatalf("seed %d: not when traced: %s", sim.seed, fmt.Sprintf(format, a...))
	}
	last := sim.trace[max(0, len(sim.trace)-60):]
	sim.t.Fatalf("seed %d: %s\n%s", sim.seed, fmt.Sprintf(format, a...), strings.Join(last, "\n"))
}

// run lets the shard work until nothing lives and nothing is to come.
func (sim *simulation) run() {
	for turns := 0; sim.live > 0 || len(sim.agenda) > 0; turns++ {
		if turns > 50000 {
			sim.failf("it does not end")
		}
		sim.shard.turn()
		for _, c := range sim.conversations {
			c.invariants()
		}
		if sim.shard.ending {
			sim.end()
			break
		}
	}
	for _, c := range sim.conversations {
		c.afterwards()
	}
	if at, ok := sim.shard.wheel.Next(); ok {
		sim.failf("the wheel has something for %v", at)
	}
	if n := sim.shard.sessions.Load(); n != 0 {
		sim.failf("%d sessions are left", n)
	}
	for fd, s := range sim.sockets {
		if s != nil {
			sim.failf("socket %d is left", fd)
		}
	}
}

// conversation is a session with its peers.
type conversation struct {
	sim             *simulation
	cfg             session.Config
	s               *Session
	client, service endpoint
	strict          clientCheck
	// owed is what the service must be given, in all; forwarded, what it was;
	// due, what it must have been given when its client has ended.
	owed      []byte
	forwarded int
	due       int
	// farewell: the client has sent Close.
	farewell bool
	// answer is what the client must be given first.
	answer []byte
	early  int
	// bound is when it must have ended.
	bound         time.Duration
	faults        int
	ends          int
	end           session.End
	ended         time.Duration
	clientSocket  *socket
	serviceSocket *socket
}

// converse begins a conversation, if the shard still takes any.
func (sim *simulation) converse() {
	if sim.shard.ending {
		return
	}
	c := &conversation{sim: sim}
	sim.conversations = append(sim.conversations, c)
	sim.live++
	c.configure()
	c.s = &Session{owner: c, shard: sim.shard, slot: -1}
	c.s.engine.Init(&c.cfg, sim.clock)
	c.connect()
	sim.shard.sessions.Add(1)
	c.letters()
}

func (c *conversation) configure() {
	w, cfg := c.sim.world, &c.cfg
	cfg.Framing, cfg.Text = framing.Kind(w.IntN(4)), w.oneIn(2)
	cfg.MaxMessage = uint64(w.IntN(2) * 300)
	cfg.Write, cfg.Close = w.duration(), 10*time.Second
	if w.oneIn(2) {
		cfg.Ping, cfg.Pong = w.duration(), w.duration()
	}
	if w.oneIn(4) {
		cfg.Idle = w.duration()
	}
}

func (w *world) duration() time.Duration {
	return time.Duration(1+w.IntN(100)) * time.Second / time.Duration(1+w.IntN(10))
}

// connect makes both peers and what they have to say.
func (c *conversation) connect() {
	w := c.sim.world
	size, breath := 100, 1+w.IntN(2000)
	if w.oneIn(400) {
		size, breath, c.cfg.MaxMessage = 40000, 1<<20, 0
	}
	c.clientSocket = c.plug(&c.client, &c.s.client, breath)
	c.serviceSocket = c.plug(&c.service, &c.s.service, breath)

	speech := &clientSpeech{world: w, kind: c.cfg.Framing, size: size}
	for range w.IntN(20) {
		speech.next()
	}
	c.client.words, c.owed = speech.words, speech.owed
	c.client.said = func(said word) {
		c.due = max(c.due, said.owed)
		c.farewell = c.farewell || said.farewell
	}
	c.client.check, c.service.check = c.toClient, c.toService
	c.client.atEnd = func() { c.client.conclude(nil, closes) }
	c.service.atEnd = c.serviceSeesEnd
	polite, mute := !w.oneIn(20), w.oneIn(4)
	if w.oneIn(4) {
		c.cutShort()
		polite, mute = false, true
	}
	c.client.shut, c.service.shut = func() {}, c.serviceShut
	c.client.react = c.reaction(polite, mute)

	said := serviceSpeech(w, c.cfg.Framing, size)
	if w.oneIn(8) {
		said = said[:w.IntN(len(said)+1)]
	}
	c.service.words = []word{{bytes: said}}
	c.strict = clientCheck{failed: w.failed, kind: c.cfg.Framing, text: c.cfg.Text, pings: speech.pings, saw: c.saw}
	c.strict.payload, c.strict.ends = outcome(c.cfg.Framing, said)
}

// plug connects p with a side of the session.
func (c *conversation) plug(p *endpoint, x *side, breath int) *socket {
	w := c.sim.world
	s := w.open()
	s.session, s.side, s.peer = c.s, x, p
	s.cursed = w.oneIn(200)
	x.fd = int32(s.fd)
	*p = endpoint{w: w, sock: s, breath: breath, window: 1 + w.IntN(2*breath), unread: w.oneIn(40)}
	if w.oneIn(2) {
		p.leaving = departure(w.IntN(int(departures)))
	}
	return s
}

// cutShort lets the client end in the middle of something.
func (c *conversation) cutShort() {
	p := &c.client
	if len(p.words) == 0 {
		return
	}
	n := c.sim.IntN(len(p.words))
	p.words = p.words[:n+1]
	last := &p.words[n]
	last.farewell = false
	last.bytes = last.bytes[:c.sim.IntN(len(last.bytes))]
	if n > 0 {
		last.owed = p.words[n-1].owed
	} else {
		last.owed = 0
	}
	if p.leaving == stays {
		p.leaving = closes
	}
}

// reaction is what the client does for a control frame.
func (c *conversation) reaction(polite, mute bool) func(frame.Opcode) {
	return func(op frame.Opcode) {
		switch {
		case op == frame.Ping && !mute:
			c.client.add(masked(true, frame.Pong, nil))
		case op == frame.Close && polite:
			d := []departure{stays, halfCloses, closes}[c.sim.IntN(3)]
			c.client.conclude(masked(true, frame.Close, nil), d)
		}
	}
}

// serviceShut: when the service is told that its client has ended, it has been
// given all that came before.
func (c *conversation) serviceShut() {
	if c.forwarded < c.due && c.faults == 0 && !c.serviceSocket.refused {
		c.sim.failf("the service was given %d bytes of %d and an end", c.forwarded, c.due)
	}
}

func (c *conversation) serviceSeesEnd() {
	switch c.sim.IntN(20) {
	case 0: // it does not care
	case 1:
		c.service.leaving = resets
	default:
		if c.service.leaving == stays {
			c.service.leaving = closes
		}
	}
}

// letters are what others want of the session, in any order but that it starts
// once.
func (c *conversation) letters() {
	w := c.sim.world
	soon := time.Duration(w.IntN(int(5 * time.Millisecond)))
	w.after(soon, c.start)
	if w.oneIn(8) {
		at := time.Duration(w.IntN(int(10 * time.Millisecond)))
		if w.oneIn(4) {
			at = time.Duration(w.IntN(int(20 * time.Second)))
		}
		w.after(at, func() {
			if w.oneIn(2) {
				c.s.Close(session.Drain)
			} else {
				c.s.Cut(session.Drain)
			}
		})
	}
	w.after(time.Duration(w.IntN(int(5*time.Minute))), func() { c.s.Close(session.Drain) })
}

func (c *conversation) start() {
	w := c.sim.world
	if w.shard.ending {
		return
	}
	var early []byte
	if w.oneIn(4) {
		early = c.client.say(1 + w.IntN(2*c.client.breath))
	}
	if !w.oneIn(4) {
		c.answer = []byte("HTTP/1.1 101 Switching Protocols\r\n\r\n")
		c.strict.answer = c.answer
	}
	c.early = len(early)
	c.s.Start(c.answer, early)
	clear(early)
	c.client.plan()
	c.service.plan()
}

func (c *conversation) toClient(p []byte) { c.strict.take(p) }

// saw marks the place of a control frame in what the client is sent.
func (c *conversation) saw(op frame.Opcode, behind int) {
	c.client.marks = append(c.client.marks, mark{c.clientSocket.sent - behind, op})
}

func (c *conversation) toService(p []byte) {
	if !bytes.HasPrefix(c.owed[c.forwarded:], p) {
		c.sim.failf("%q for the service at %d of %q", p, c.forwarded, c.owed)
	}
	c.forwarded += len(p)
}

// Ended is for driver.Owner.
func (c *conversation) Ended(e session.End) {
	c.ends++
	c.end, c.ended = e, c.sim.clock
	c.sim.live--
	c.sim.notef("ended: %+v", e)
	if c.sim.oneIn(3) && len(c.sim.conversations) < 8 {
		c.sim.after(time.Duration(c.sim.IntN(int(time.Millisecond))), c.sim.converse)
	}
}

// Fault is for driver.Owner.
func (c *conversation) Fault(value any, stack []byte) {
	c.faults++
	if _, ok := value.(error); ok && stack == nil {
		return // the kernel took no more sockets
	}
	if c.clientSocket.sent == 0 {
		c.strict.answer = nil // that was what the fault was in
	}
	if value != (injected{}) {
		c.sim.failf("%v\n%s", value, stack)
	}
}

// invariants are what must be true between two turns.
func (c *conversation) invariants() {
	s, sim := c.s, c.sim
	if c.ends > 0 || s.slot < 0 {
		return
	}
	now := sim.shard.now
	if s.engine.End().Cause != session.None && c.bound == 0 {
		c.bound = now + 3*c.cfg.Close + time.Second
	}
	if c.bound > 0 && now > c.bound {
		sim.failf("it lives on at %v, after %v", now, c.bound)
	}
	if at := s.engine.Deadline(now); at > 0 && now-at > wheel.Tick {
		sim.failf("it is not asked at %v, but was to be at %v", now, at)
	}
	c.sideInvariants(&s.client, c.clientSocket, s.service.blocked(), s.engine.Listening())
	c.sideInvariants(&s.service, c.serviceSocket, s.client.blocked(), s.engine.Reading() && !s.faulted)
	c.endInvariants(now)
	if s.control && s.client.open() && !s.client.blocked() {
		sim.failf("control frames are forgotten")
	}
	if s.waiting != slices.Contains(sim.shard.later, s) {
		sim.failf("waiting: %v", s.waiting)
	}
}

// endInvariants are what must be true while it ends, or should.
func (c *conversation) endInvariants(now time.Duration) {
	s, sim := c.s, c.sim
	cause := s.engine.End().Cause
	for _, x := range []*socket{c.clientSocket, c.serviceSocket} {
		stalled := x.side.blocked() && now-x.moved > c.cfg.Write+c.cfg.Close+time.Second
		if stalled && cause == session.None {
			sim.failf("%d takes nothing since %v", x.fd, x.moved)
		}
	}
	switch cause {
	case session.None, session.ProtocolError, session.InvalidUTF8, session.InvalidMessage, session.MessageTooBig, session.Internal:
		return // what it sends is no frame to us
	}
	read := len(c.clientSocket.in) == 0 && !s.waiting && !s.service.blocked()
	if c.farewell && c.strict.closed && c.faults == 0 && read && s.client.open() && !s.client.blocked() && !s.client.shut {
		sim.failf("both have sent Close, but %d is open", s.client.fd)
	}
}

func (c *conversation) sideInvariants(x *side, s *socket, stopped, wanted bool) {
	sim := c.sim
	if !x.open() {
		if x.blocked() {
			sim.failf("bytes wait for a socket that is closed")
		}
		return
	}
	if tells := len(s.in) > 0 || s.fin || s.reset; tells && wanted && !stopped && !s.queued && !c.s.waiting {
		sim.failf("%d has something to be read, of which nobody will hear", x.fd)
	}
	if !x.blocked() {
		if x.shut && !s.shut {
			sim.failf("%d is not told of the end", x.fd)
		}
		if x.after != 0 {
			sim.failf("%b waits for nothing", x.after)
		}
		return
	}
	if !s.queued && (!s.noSpace || s.out == 0) && !(c.s.waiting && c.s.faulted) {
		sim.failf("nobody will hear that %d takes more", x.fd)
	}
	if n, most := len(x.unsent.bytes()), 2*readSize+session.Headroom+len(c.answer)+c.early+c.held(x); n > most {
		sim.failf("%d bytes are kept for %d", n, x.fd)
	}
}

// held is what a message in fragments may add.
func (c *conversation) held(x *side) int {
	if x == &c.s.service {
		return 100000
	}
	return 0
}

// afterwards is what must be true when all is over.
func (c *conversation) afterwards() {
	sim := c.sim
	if sim.shard.ending && c.ends == 0 && c.s.slot < 0 {
		c.abandon() // its letter came too late
		return
	}
	if c.ends != 1 || c.end.Cause == session.None {
		sim.failf("it ended %d times: %+v", c.ends, c.end)
	}
	if c.s.client.blocked() || c.s.service.blocked() {
		sim.failf("bytes are kept for nobody")
	}
	whole := func(s *socket) bool { return !s.lost && !s.refused && c.faults == 0 }
	if got := uint64(c.strict.got); whole(c.clientSocket) && c.end.Stats.BytesOut != got {
		sim.failf("the client was sent %d bytes of %d", got, c.end.Stats.BytesOut)
	}
	if c.cfg.Framing == framing.Stream && whole(c.serviceSocket) && c.end.Stats.BytesIn != uint64(c.forwarded) {
		sim.failf("the service was sent %d bytes of %d", c.forwarded, c.end.Stats.BytesIn)
	}
	if !c.justified() {
		sim.failf("it ended with %+v", c.end)
	}
	if c.strict.closed && c.strict.reason != "" && c.strict.reason != c.end.Cause.String() {
		sim.failf("Close(%d, %q) for %v", c.strict.code, c.strict.reason, c.end.Cause)
	}
}

// justified tells whether the causes that speak of a side are true of it.
func (c *conversation) justified() bool {
	stalled := func(s *socket) bool { return s.lost && c.ended-s.moved > c.cfg.Write-100*time.Millisecond }
	switch c.end.Cause {
	case session.ClientStalled:
		return stalled(c.clientSocket)
	case session.BackendStalled:
		return stalled(c.serviceSocket)
	case session.BackendEOF:
		return c.serviceSocket.fin
	}
	return true
}

// abandon closes what a shard that has ended was never given.
func (c *conversation) abandon() {
	for _, s := range []*socket{c.clientSocket, c.serviceSocket} {
		c.sim.sockets[s.fd] = nil
	}
	c.sim.shard.sessions.Add(-1)
}
