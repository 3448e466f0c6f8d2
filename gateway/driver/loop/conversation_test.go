//go:build linux

package loop

import (
	"bytes"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
	"switchyard.dev/gateway/session"
)

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
	// streams: its service says more than is read at once.
	streams bool
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
	if sim.ending {
		return
	}
	c := &conversation{sim: sim}
	sim.conversations = append(sim.conversations, c)
	sim.live++
	c.configure()
	c.s = newSession(sim.anyShard())
	c.s.owner = c
	c.s.engine.Init(&c.cfg, sim.clock)
	c.connect()
	c.join(c.clientSocket, &c.s.client)
	c.join(c.serviceSocket, &c.s.service)
	c.s.home.sessions.Add(1)
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
	if c.streams = w.oneIn(60); c.streams {
		cfg.Framing, cfg.Text = framing.Stream, false
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
	c.clientSocket = c.plug(&c.client, breath)
	c.serviceSocket = c.plug(&c.service, breath)

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
	if c.streams {
		said = c.burst(said)
	}
	if w.oneIn(8) {
		said = said[:w.IntN(len(said)+1)]
	}
	c.service.words = []word{{bytes: said}}
	c.strict = clientCheck{failed: w.failed, kind: c.cfg.Framing, text: c.cfg.Text, pings: speech.pings, saw: c.saw}
	c.strict.payload, c.strict.ends = outcome(c.cfg.Framing, said)
}

// burst lets the service say so much at once that it is passed on, and to a
// client that takes it, if not all.
func (c *conversation) burst(said []byte) []byte {
	w := c.sim.world
	tune := byte(w.IntN(251))
	more := make([]byte, 1<<17+w.IntN(1<<19))
	for i := range more {
		more[i] = byte(i)*7 + byte(i>>8) + tune
	}
	c.service.breath, c.service.window = 1<<20, 1<<20
	c.clientSocket.room = 1 << (17 + w.IntN(4))
	c.clientSocket.cursed, c.serviceSocket.cursed = w.oneIn(10), w.oneIn(10)
	return append(said, more...)
}

// join gives the session a socket.
func (c *conversation) join(s *socket, x *side) {
	c.sim.number(s)
	s.session, s.side = c.s, x
	x.fd = int32(s.fd)
}

// plug connects p with a socket.
func (c *conversation) plug(p *endpoint, breath int) *socket {
	w := c.sim.world
	s := w.open()
	s.peer = p
	s.cursed = w.oneIn(200)
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
	c.interruptions()
}

func (c *conversation) interruptions() {
	w := c.sim.world
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
	if c.sim.ending {
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
