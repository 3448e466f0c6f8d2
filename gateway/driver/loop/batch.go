//go:build linux

package loop

import (
	"syscall"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/session"
)

// Where many messages come at once, each step is taken for all of them before
// the next one: all are received, all are worked on, all are sent. One system call
// may be enough then to receive them all, and one to send them. The code of a
// step, most of which is the kernel's, is in the core's caches; and who receives
// what is sent wakes once, and finds more of it.
const (
	// mostTogether are the sockets that are received from together: with 32 of
	// them instead, a small message of one of 1,000 sessions costs a sixth more.
	mostTogether = 256
	// smallPiece is how much is received from each, in bytes, and mediumPiece from
	// those who have sent a larger piece of late. Who has sent more than that at
	// once is read alone.
	smallPiece  = 2 << 10
	mediumPiece = 32 << 10
	// bufferSize is room for as many small pieces, and what they are opened from
	// if they are of TLS, or for 38 medium ones. More of these would pay no longer.
	bufferSize = 1280 << 10
)

// roomOf is how much n bytes take of a shard's buffer: whole cache lines, so that
// pieces do not share any, and an odd number of them, so that they do not compete
// for the same places in a cache.
func roomOf(n int) int { return n&^127 + 192 }

// batch is what a shard does together. Its sessions have nothing else done to
// them meanwhile, and are in it once.
type batch struct {
	// who has each of calls made.
	who   [mostTogether]party
	calls [mostTogether]call
	// readers receive for themselves, once the others have been received from.
	readers [mostTogether]party
	progress
}

// progress is how far a batch has got.
type progress struct {
	// room is how much of the shard's buffer is taken.
	room int
	// joined are to be received from, and asked have been; heard are those of
	// which what was received has been worked on. What that came to takes the
	// places of some of them: toSend are to be sent to, and sent have been; told
	// are those of which is noted how that went.
	joined, asked, heard, toSend, sent, told int
	// reading are the readers, of whom read have been worked on.
	reading, read int
}

// party is a side that is received from, into buf behind a headroom, or sent to.
type party struct {
	session *Session
	side    *side
	buf     []byte
}

// call is to receive from a socket into p, or to send p to it, and what came of
// that: no bytes where it failed.
type call struct {
	fd    int32
	p     []byte
	n     int
	errno syscall.Errno
}

// join lets x, of which there was an event, be read with others, and says
// whether it may.
func (l *shard) join(s *Session, x *side) bool {
	piece := x.piece()
	if piece == 0 || !s.mayJoin(x) {
		return false
	}
	b := &l.batch
	who := party{s, x, b.take(l.buf, session.Headroom+piece)}
	s.batched = true
	if x.tls != nil && piece > smallPiece {
		b.readers[b.reading] = who
		b.reading++
		return true
	}
	p := who.buf[session.Headroom:]
	if x.tls != nil {
		p = b.take(l.buf, piece)
	}
	b.who[b.joined] = who
	b.calls[b.joined] = call{fd: x.fd, p: p}
	b.joined++
	return true
}

// take takes n bytes of buf that nobody has.
func (b *batch) take(buf []byte, n int) []byte {
	p := buf[b.room:][:n]
	b.room += roomOf(n)
	return p
}

func (s *Session) mayJoin(x *side) bool {
	to := s.other(x)
	return s.hears(x) && !s.waiting && !s.faulted && !x.blocked() &&
		to.open() && !to.broken
}

// piece is how much to receive from x together with others; none where it is
// read alone.
func (x *side) piece() int {
	switch {
	case x.large == 0:
		return smallPiece
	case x.huge == 0:
		return mediumPiece
	}
	return 0
}

// noteSize takes note of how large a piece x has sent.
func (x *side) noteSize(n int) {
	x.large <<= 1
	x.huge <<= 1
	if n >= smallPiece {
		x.large |= 1
	}
	if n >= mediumPiece {
		x.huge |= 1
	}
}

// waitsFor says that the batch must be done before e: it is full, or has the
// session of e.
func (l *shard) waitsFor(e *unix.EpollEvent) bool {
	b := &l.batch
	if b.joined+b.reading == mostTogether || b.room+roomOf(session.Headroom+mediumPiece) > len(l.buf) {
		return true
	}
	t := tokenOf(e)
	if t.slot < 0 {
		return false
	}
	s := l.slots[t.slot>>1].session
	return s != nil && s.batched
}

// exchange receives from those that have joined, and sends what that comes to.
// It goes on where it was if a fault comes between. It uses the shard's buffer,
// and so must be done before anything else does.
func (l *shard) exchange() {
	b := &l.batch
	if calls := b.calls[b.asked:b.joined]; len(calls) > 0 {
		b.asked = b.joined
		l.sys.recvEach(calls)
	}
	for b.heard < b.joined {
		i := b.heard
		b.heard++
		l.hear(i)
	}
	for b.read < b.reading {
		i := b.read
		b.read++
		l.hearReader(i)
	}
	if calls := b.calls[b.sent:b.toSend]; len(calls) > 0 {
		b.sent = b.toSend
		l.sys.sendEach(calls)
	}
	for b.told < b.toSend {
		i := b.told
		b.told++
		l.tell(i)
	}
	b.progress = progress{}
	l.sealed = l.sealed[:0]
}

// leave takes p out of the batch: nothing there outlives its session.
func (p *party) leave() party {
	left := *p
	*p = party{}
	left.session.batched = false
	return left
}

// leave takes the i-th of those that have a call made, and that call.
func (b *batch) leave(i int) (party, call) {
	c := b.calls[i]
	b.calls[i] = call{}
	return b.who[i].leave(), c
}

// hear works on what was received.
func (l *shard) hear(i int) {
	p, c := l.batch.leave(i)
	s, x := p.session, p.side
	l.current = s
	if s.faulted {
		return // as it was asked
	}
	n, err := l.received(x, c.n, len(c.p), c.errno)
	x.readable = !x.empty
	if x.tls != nil && err == nil {
		n, err = x.tls.readAhead(p.buf[session.Headroom:], c.p[:n])
	}
	l.hearWhat(p, n, err)
}

// hearReader lets the i-th reader read. A large record is opened where crypto/tls
// has received it: that spares a copy, which costs more than a system call.
func (l *shard) hearReader(i int) {
	p := l.batch.readers[i].leave()
	l.current = p.session
	if p.session.faulted {
		return
	}
	n, err := l.read(p.side, p.buf[session.Headroom:])
	l.hearWhat(p, n, err)
}

// hearWhat works on n bytes that p has received, or on their end.
func (l *shard) hearWhat(p party, n int, err error) {
	switch {
	case n > 0:
		l.hearPiece(p.session, p.side, p.buf[:session.Headroom+n])
	case err != unix.EAGAIN:
		l.end(p.session, p.side, err)
	}
	l.putOffRest(p.session)
}

// hearPiece works on a piece received from x, which lies behind a headroom. What
// it comes to is sent with what others say, unless there is more to do about it.
func (l *shard) hearPiece(s *Session, x *side, buf []byte) {
	x.noteSize(len(buf) - session.Headroom)
	to := s.other(x)
	out, r, do := s.work(l.now, x, buf, session.Headroom)
	if len(out) > 0 && do == 0 && r == len(buf) {
		l.say(s, to, out)
		return
	}
	l.give(s, to, out, do)
	l.fromRest(s, x, buf, r)
}

// say lets out be sent to x with what is for others. What crypto/tls has sealed is
// copied for that, which costs less than a system call for each, large or not.
func (l *shard) say(s *Session, x *side, out []byte) {
	if x.tls != nil {
		var err error
		if out, err = x.tls.seal(out); err != nil {
			l.perform(s, s.broken(x, l.now))
			return
		}
	}
	b := &l.batch
	b.who[b.toSend] = party{session: s, side: x}
	b.calls[b.toSend] = call{fd: x.fd, p: out}
	b.toSend++
	s.batched = true
}

// tell takes note of what was sent to another side.
func (l *shard) tell(i int) {
	p, c := l.batch.leave(i)
	s, x := p.session, p.side
	l.current = s
	if s.faulted {
		return
	}
	if l.sent(s, x, c.p, c.n, c.errno) != nil {
		l.perform(s, s.broken(x, l.now))
		l.putOffRest(s)
	}
}
