//go:build linux

package loop

import (
	"slices"
	"time"

	"switchyard.dev/gateway/frame"
)

// endpoint is whom a session's socket is connected with.
type endpoint struct {
	w    *world
	sock *socket
	// words are what it has yet to say. begun: a part of the first is said.
	words []word
	begun bool
	// window is how much it says before it is read.
	window int
	// breath is the most it says at once.
	breath int
	// leaving is what it does when all is said, and left that it has.
	leaving departure
	left    bool
	// gone: it does nothing any more. closed: what it is sent is an offence.
	gone, closed bool
	// unread: it never takes anything.
	unread bool
	// planned: it is about to do something.
	planned bool
	// taken are the bytes it has read, and sawEnd that it has read the end.
	taken  int
	sawEnd bool
	// shut is called when no more will be sent to it, atEnd when it has read that.
	shut, atEnd func()
	// hungUp is called when its socket is closed.
	hungUp func()
	// check is told of all that is on its way to the peer.
	check func(p []byte)
	// said is called with each word that it has said.
	said func(word)
	// marks are the places that it answers when it has read as far.
	marks []mark
	react func(frame.Opcode)
}

// word is bytes that are said, if not at once; owed is how many bytes the
// service must have been given for all words up to this. A farewell is a Close
// frame.
type word struct {
	bytes    []byte
	owed     int
	farewell bool
}

type mark struct {
	at int
	op frame.Opcode
}

type departure uint8

const (
	stays departure = iota
	halfCloses
	closes
	resets
	vanishes
	departures
)

// plan lets the peer do something soon, if there is something to do.
func (p *endpoint) plan() {
	if p.planned || p.gone || p.idle() {
		return
	}
	p.planned = true
	p.w.after(p.pause(), p.act)
}

func (p *endpoint) idle() bool {
	speechless := len(p.words) == 0 && (p.left || p.leaving == stays) ||
		len(p.words) > 0 && len(p.sock.in) >= p.window
	deaf := p.unread || p.sock.out == 0 && (!p.sock.shut || p.sawEnd)
	return speechless && deaf
}

func (p *endpoint) pause() time.Duration {
	w := p.w
	switch {
	case w.oneIn(300):
		return time.Duration(w.IntN(int(100 * time.Second)))
	case w.oneIn(50):
		return time.Duration(w.IntN(int(time.Second)))
	}
	return time.Duration(w.IntN(int(2 * time.Millisecond)))
}

func (p *endpoint) act() {
	p.planned = false
	if p.gone {
		return
	}
	p.listen()
	if n := min(1+p.w.IntN(p.breath), p.window-len(p.sock.in)); n > 0 {
		p.sock.arrive(p.say(n))
	}
	if len(p.words) == 0 && !p.left && p.leaving != stays {
		p.leave()
	}
	p.plan()
}

// say takes up to n bytes of what it has to say.
func (p *endpoint) say(n int) (b []byte) {
	for n > 0 && len(p.words) > 0 {
		first := &p.words[0]
		k := min(n, len(first.bytes))
		b = append(b, first.bytes[:k]...)
		n -= k
		first.bytes = first.bytes[k:]
		p.begun = len(first.bytes) > 0
		if p.begun {
			break
		}
		said := *first
		p.words = p.words[1:]
		if p.said != nil {
			p.said(said)
		}
	}
	return b
}

// add lets it say b next, but not within a word.
func (p *endpoint) add(b []byte) {
	i := 0
	if p.begun {
		i = 1
	}
	p.words = slices.Insert(p.words, i, word{bytes: b})
}

// conclude lets it say b, and nothing after it.
func (p *endpoint) conclude(b []byte, d departure) {
	if p.left {
		return
	}
	last := word{bytes: b, farewell: len(b) > 0}
	if p.begun {
		p.words = append(p.words[:1:1], last)
	} else {
		p.words = []word{last}
	}
	p.leaving = d
}

func (p *endpoint) listen() {
	s := p.sock
	switch {
	case s.out > 0 && p.closed:
		p.w.notef("offence at %d", s.fd)
		s.arriveReset()
		p.gone = true
		return
	case p.unread:
		return
	}
	n := s.out
	if p.w.oneIn(2) {
		n = p.w.IntN(n + 1)
	}
	p.taken += n
	s.drain(n)
	for len(p.marks) > 0 && p.marks[0].at <= p.taken {
		op := p.marks[0].op
		p.marks = p.marks[1:]
		p.react(op)
	}
	if s.shut && s.out == 0 && !p.sawEnd && !s.reset {
		p.sawEnd = true
		p.atEnd()
	}
}

func (p *endpoint) leave() {
	p.left = true
	p.w.notef("departure %d at %d", p.leaving, p.sock.fd)
	switch p.leaving {
	case closes:
		p.closed = true
		fallthrough
	case halfCloses:
		p.sock.arriveFIN()
	case resets:
		p.sock.arriveReset()
		p.gone = true
	case vanishes:
		p.gone = true
	}
}

func (p *endpoint) seeShut() {
	p.shut()
	p.plan()
}

func (p *endpoint) seeClose() {
	p.gone = true
	if p.hungUp != nil {
		p.hungUp()
	}
}
