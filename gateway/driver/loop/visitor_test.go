//go:build linux

package loop

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/wheel"
)

// visits are what simulations must come to.
var visits = []string{
	"there are no descriptors", "a listener cannot be watched", "it has left before it was accepted",
	"it is not to be greeted", "it is none for a loop", "it is hung up on",
	"its service cannot be reached: connection refused", "its service cannot be reached: connection reset by peer",
	"its service cannot be reached: network is unreachable", "its service cannot be reached: i/o timeout",
	"its service cannot be reached: the caller wants no session", "a service has finished before it is connected",
	"a fault with a visitor", "it comes back", "a goroutine reads of it", "the socket that it waits at is closed",
}

// visitor is a client that comes to a door, and its Caller once it is greeted.
// If all goes well it becomes a conversation like any other.
type visitor struct {
	*conversation
	address netip.AddrPort
	// request is what its handshake is; all of what it says begins with that.
	request []byte
	// patience is when the shard must be done with the present step.
	patience time.Duration
	// greeted: it has a Caller. last is the last that this was told.
	greeted bool
	last    string
	// said is what it had said behind its request when it was greeted.
	said []byte
	// fails is why connecting to its service failed at once, refused why
	// Connected has.
	fails, refused error
	left           bool
	// why is how it ends, should it be hung up on.
	why string
	// letter is its session, where another shard has sent it.
	letter *Session
}

var errRefused = errors.New("the caller wants no session")

// visit lets a client come, unless the door is closed.
func (sim *simulation) visit() {
	e := sim.entrance
	if sim.ending || e.door == nil {
		return
	}
	port := uint16(len(e.visitors))
	v := &visitor{conversation: &conversation{sim: sim}, why: "it is hung up on", address: netip.AddrPortFrom(netip.IPv6Loopback(), port)}
	sim.conversations = append(sim.conversations, v.conversation)
	e.visitors = append(e.visitors, v)
	sim.live++
	v.configure()
	v.connect()
	v.client.hungUp = func() {
		if v.s == nil {
			v.over(v.why)
		}
	}
	v.speak()
	v.client.plan()
	if sim.oneIn(6) {
		v.comeFromAnotherShard()
	} else {
		e.queue = append(e.queue, v)
	}
}

// speak puts a request, or what is none, before what the client has to say.
func (v *visitor) speak() {
	v.request = fmt.Appendf(nil, "GET /%d HTTP/1.1\r\n\r\n", v.address.Port())
	first := word{bytes: bytes.Clone(v.request)}
	switch v.sim.IntN(8) {
	case 0:
		v.client.words = nil
		return
	case 1:
		first.bytes = first.bytes[:v.sim.IntN(len(first.bytes))+1]
		v.client.words = []word{first}
		return
	}
	v.client.words = append([]word{first}, v.client.words...)
}

func (v *visitor) comeFromAnotherShard() {
	s := newSession(v.sim.anyShard())
	s.visit = &visit{gate: gatekeeper{v.sim}, from: v.address}
	v.sim.number(v.clientSocket)
	s.client.fd, s.service.fd = int32(v.clientSocket.fd), -1
	s.home.sessions.Add(1)
	v.letter = s
	s.shard.Load().post(letter{what: takeIn, session: s})
}

// over is when the client is no visitor any more, and has no session.
func (v *visitor) over(why string) {
	v.sim.notef("%v: %s", v.address, why)
	v.sim.meet(why)
	if v.left {
		v.sim.failf("%v has left twice", v.address)
	}
	v.left = true
	v.client.gone = true
	v.sim.live--
}

// hears is told of each call.
func (v *visitor) hears(what string) {
	v.sim.notef("%v hears %s", v.address, what)
	if v.last != "" {
		v.sim.failf("%s after %s", what, v.last)
	}
}

func (v *visitor) misfortune() {
	if v.sim.oneIn(20) {
		panic(injected{})
	}
}

// Service is for Caller, as is what follows.
func (v *visitor) Service() (netip.AddrPort, time.Duration) {
	v.hears("Service")
	v.misfortune()
	bound := time.Duration(1 + v.sim.IntN(int(3*time.Second)))
	v.patience = v.sim.shard.now + bound
	return v.address, bound
}

func (v *visitor) Connected(s driver.Session, room []byte) (Beginning, error) {
	v.hears("Connected")
	if x := v.serviceSocket; x.connecting || x.why == unix.ECONNREFUSED || len(room) > 0 {
		v.sim.failf("Connected, but connecting: %v, %v; room: %q", x.connecting, x.why, room)
	}
	v.misfortune()
	if v.sim.oneIn(10) {
		v.refused = errRefused
		return Beginning{}, v.refused
	}
	if v.serviceSocket.fin {
		v.sim.meet("a service has finished before it is connected")
	}
	v.last = "Connected"
	v.s = s.(*Session)
	v.answer = []byte("HTTP/1.1 101 Switching Protocols\r\n\r\n")
	v.strict.answer = v.answer
	v.interruptions()
	return Beginning{Config: &v.cfg, Owner: v, Answer: append(room, v.answer...), Early: v.said}, nil
}

func (v *visitor) Failed(conn driver.Conn, err error) {
	v.hears("Failed")
	v.last = "Failed"
	if conn.(*custody).from != v.address {
		v.sim.failf("%v is given the socket of another", v.address)
	}
	overdue := v.sim.shard.now >= v.patience
	v.patience = forever
	v.why = "its service cannot be reached: " + err.Error()
	v.closes(conn)
	switch x := v.serviceSocket; {
	case v.refused != nil && err == v.refused:
	case v.fails != nil && err == v.fails:
	case x.watchFailed:
	case err == os.ErrDeadlineExceeded && overdue:
	case x.reset && (errors.Is(err, x.why)):
	default:
		v.sim.failf("%v failed with %v", v.address, err)
	}
	v.misfortune()
}

func (v *visitor) Gone() {
	v.hears("Gone")
	v.last = "Gone"
	if v.faults == 0 && !v.sim.ending {
		v.sim.failf("%v is gone for no reason", v.address)
	}
	v.misfortune()
}

// forever is the patience with a client that a goroutine has.
const forever = 1 << 62

// soon lets a goroutine that has the client do something with it.
func (v *visitor) soon(do func()) {
	v.sim.after(time.Duration(v.sim.IntN(int(10*time.Millisecond))), do)
}

// closes lets the goroutine close the client.
func (v *visitor) closes(conn driver.Conn) { v.soon(func() { conn.Close() }) }

// comesBack lets the goroutine give the client back, after it has read some.
func (v *visitor) comesBack(conn *custody) {
	v.soon(func() {
		if v.sim.ending {
			return // nobody opens letters any more
		}
		v.sim.meet("it comes back")
		v.read(conn)
		v.greeted = true
		Resume(conn, v)
	})
}

// read lets the goroutine read, where it need not wait.
func (v *visitor) read(conn *custody) {
	x, l := v.clientSocket, v.sim.shard
	if v.left || len(x.in) == 0 || x.cursed || v.sim.oneIn(2) {
		return
	}
	if !conn.in.ready && !x.queued {
		v.sim.failf("nobody tells the goroutine that %d can be read", x.fd)
	}
	if !conn.in.ready {
		return
	}
	defer func(s *Session) { l.current, v.sim.aside = s, false }(l.current)
	l.current, v.sim.aside = conn.s, true
	_ = conn.SetDeadline(time.Time{}) // it is real, and the clock is not
	room := make([]byte, 1+v.sim.IntN(len(x.in)+1))
	n, err := conn.Read(room)
	if err != nil {
		v.sim.failf("the goroutine reads %d: %v", n, err)
	}
	v.sim.meet("a goroutine reads of it")
	v.said = append(v.said, room[:n]...)
	v.early += n
}

// visitInvariants are what must be true between two turns.
func (v *visitor) visitInvariants() {
	s, sim := v.visiting(), v.sim
	if s == nil {
		return
	}
	if now := s.shard.Load().now; now > v.patience+wheel.Tick {
		sim.failf("%v is still waited for at %v, not until %v", v.address, now, v.patience)
	}
	x := v.clientSocket
	said := len(x.in) > 0 || x.fin || x.reset
	known := s.visit.custody != nil && s.visit.custody.in.ready
	if heeded := s.visit.caller == nil || s.visit.custody != nil; heeded && said && !known && !x.queued {
		sim.failf("%d has something to tell, of which nobody will hear", x.fd)
	}
	if x = v.serviceSocket; s.visit.caller != nil && !x.connecting && !x.queued {
		sim.failf("%d is connected, of which nobody will hear", x.fd)
	}
}

// visiting is the session of v while it is a visit; nil before and after that.
func (v *visitor) visiting() *Session {
	s := v.clientSocket.session
	if v.left || s == nil || s.visit == nil {
		return nil
	}
	return s
}

// goodbye is what must be true when all is over.
func (v *visitor) goodbye() {
	if s := v.letter; s != nil && v.clientSocket.session == nil && !v.left && v.sim.ending {
		v.sim.sockets[v.clientSocket.fd] = nil // its letter came too late
		s.home.sessions.Add(-1)
		return
	}
	if v.greeted && v.last == "" && !v.sim.ending {
		v.sim.failf("%v has heard no last word", v.address)
	}
	if v.s == nil && !v.left {
		v.sim.failf("%v is still there", v.address)
	}
}
