//go:build linux

package loop

import (
	"syscall"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/session"
)

// Where many small messages come at once, each step is taken for all of them
// before the next one: all are received, all are worked on, all are sent. The
// code of a step, most of which is the kernel's, is in the core's caches then;
// and who receives what is sent wakes once, and finds more of it.
const (
	// mostTogether are the sockets that are received from together.
	mostTogether = 32
	// smallPiece is how much is received from each, in bytes. Who has sent a
	// larger piece of late is read alone.
	smallPiece = 2 << 10
	// smallRoom is how far apart the pieces lie in a shard's buffer: in whole
	// cache lines, so that they do not share any, and an odd number of them, so
	// that they do not compete for the same places in a cache.
	smallRoom = (session.Headroom+smallPiece)&^127 + 192
)

// batch is what a shard does together. Its sessions have nothing else done to
// them meanwhile, and are in it once.
type batch struct {
	transfers [mostTogether]transfer
	// joined are to be received from, and asked have been; heard are those of
	// which what was received has been worked on. What that came to takes the
	// places of some of them: toSend are to be sent to, and told have been.
	joined, asked, heard, toSend, told int
}

// transfer is something received from a side, or to be sent to it.
type transfer struct {
	session *Session
	side    *side
	p       []byte
	// n and errno are what the kernel said of a receipt.
	n     int
	errno syscall.Errno
}

// join lets x, of which there was an event, be read with others, and says
// whether it may.
func (l *shard) join(s *Session, x *side) bool {
	if !s.mayJoin(x) {
		return false
	}
	b := &l.batch
	at := b.joined * smallRoom
	b.transfers[b.joined] = transfer{
		session: s, side: x,
		p: l.buf[at : at+session.Headroom+smallPiece],
	}
	s.batched = true
	b.joined++
	return true
}

func (s *Session) mayJoin(x *side) bool {
	to := s.other(x)
	return x.large == 0 && s.hears(x) && !s.waiting && !s.faulted && !x.blocked() &&
		x.tls == nil && to.tls == nil && to.open() && !to.broken
}

// waitsFor says that the batch must be done before e: it is full, or has the
// session of e.
func (l *shard) waitsFor(e *unix.EpollEvent) bool {
	if l.batch.joined == mostTogether {
		return true
	}
	t := tokenOf(e)
	if t.slot < 0 {
		return false
	}
	s := l.slots[t.slot>>1].session
	return s != nil && s.batched
}

// noteSize takes note of how large a piece x has sent.
func (x *side) noteSize(n int) {
	x.large <<= 1
	if n >= smallPiece {
		x.large |= 1
	}
}

// exchange receives from those that have joined, and sends what that comes to.
// It goes on where it was if a fault comes between. It uses the shard's buffer,
// and so must be done before anything else does.
func (l *shard) exchange() {
	b := &l.batch
	for b.asked < b.joined {
		t := &b.transfers[b.asked]
		b.asked++
		l.current = t.session
		t.n, t.errno = l.sys.recv(int(t.side.fd), t.p[session.Headroom:])
	}
	for b.heard < b.joined {
		t := b.transfers[b.heard]
		b.transfers[b.heard] = transfer{} // nothing outlives its session
		b.heard++
		l.hear(t)
	}
	for b.told < b.toSend {
		t := b.transfers[b.told]
		b.transfers[b.told] = transfer{}
		b.told++
		l.tell(t)
	}
	b.joined, b.asked, b.heard, b.toSend, b.told = 0, 0, 0, 0, 0
}

// hear works on what was received.
func (l *shard) hear(t transfer) {
	s, x := t.session, t.side
	l.current, s.batched = s, false
	if s.faulted {
		return // as it was asked
	}
	n, err := l.received(x, t.n, smallPiece, t.errno)
	x.readable = !x.empty
	switch {
	case n > 0:
		l.hearPiece(s, x, t.p[:session.Headroom+n])
	case err != unix.EAGAIN:
		l.end(s, x, err)
	}
	l.putOffRest(s)
}

// hearPiece works on a piece received from x, which lies behind a headroom. What
// it comes to is sent with what others say, unless there is more to do about it.
func (l *shard) hearPiece(s *Session, x *side, buf []byte) {
	x.noteSize(len(buf) - session.Headroom)
	to := s.other(x)
	out, r, do := s.work(l.now, x, buf, session.Headroom)
	if len(out) > 0 && do == 0 && r == len(buf) {
		l.batch.transfers[l.batch.toSend] = transfer{session: s, side: to, p: out}
		l.batch.toSend++
		s.batched = true
		return
	}
	l.give(s, to, out, do)
	l.fromRest(s, x, buf, r)
}

// tell sends what another side has said.
func (l *shard) tell(t transfer) {
	s, x := t.session, t.side
	l.current, s.batched = s, false
	if l.sendRaw(s, x, t.p) != nil {
		l.perform(s, s.broken(x, l.now))
		l.putOffRest(s)
	}
}
