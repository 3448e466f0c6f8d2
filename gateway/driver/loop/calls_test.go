//go:build linux

package loop

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
)

// counted counts what a shard asks of its system, by call.
type counted struct {
	system
	calls map[string]int
}

func (c *counted) wait(events []unix.EpollEvent, d time.Duration) int {
	c.calls["epoll_pwait"]++
	return c.system.wait(events, d)
}

func (c *counted) watch(fd int, t token) error {
	c.calls["epoll_ctl"]++
	return c.system.watch(fd, t)
}

func (c *counted) forget(fd int) {
	c.calls["epoll_ctl"]++
	c.system.forget(fd)
}

func (c *counted) recv(fd int, p []byte) (int, syscall.Errno) {
	c.calls["recvfrom"]++
	return c.system.recv(fd, p)
}

func (c *counted) send(fd int, p []byte) (int, syscall.Errno) {
	c.calls["sendto"]++
	return c.system.send(fd, p)
}

func (c *counted) recvEach(calls []call) {
	c.calls[together(calls, "recvfrom")]++
	c.system.recvEach(calls)
}

func (c *counted) sendEach(calls []call) {
	c.calls[together(calls, "sendto")]++
	c.system.sendEach(calls)
}

// together is the system call that makes calls, each of which is one.
func together(calls []call, one string) string {
	if len(calls) > 1 {
		return "io_submit"
	}
	return one
}

func (c *counted) sendMore(fd int, p []byte) (int, syscall.Errno) {
	c.calls["sendto"]++
	return c.system.sendMore(fd, p)
}

func (c *counted) openPipe() pipe {
	c.calls["pipe2, fcntl"] += 2
	return c.system.openPipe()
}

func (c *counted) closePipe(p pipe) {
	c.calls["close"] += 2
	c.system.closePipe(p)
}

func (c *counted) load(p pipe, fd, most int) (int, syscall.Errno) {
	c.calls["splice"]++
	return c.system.load(p, fd, most)
}

func (c *counted) unload(p pipe, fd, n int) (int, syscall.Errno) {
	c.calls["splice"]++
	return c.system.unload(p, fd, n)
}

func (c *counted) shut(fd int) {
	c.calls["shutdown"]++
	c.system.shut(fd)
}

func (c *counted) close(fd int) {
	c.calls["close"]++
	c.system.close(fd)
}

func (c *counted) accept(fd int) (int, netip.AddrPort, syscall.Errno) {
	c.calls["accept4"]++
	return c.system.accept(fd)
}

func (c *counted) connect(to netip.AddrPort) (int, syscall.Errno) {
	c.calls["socket, connect"] += 2
	c.calls["setsockopt"] += 4
	return c.system.connect(to)
}

// calls are how often each system call is made.
type calls map[string]int

// of counts those of do.
func (c *counted) of(do func()) calls {
	c.calls = map[string]int{}
	do()
	return c.calls
}

// typically is what do takes at the median of its total: now and then an event
// comes in two.
func (c *counted) typically(do func()) calls {
	rounds := make([]calls, 21)
	for i := range rounds {
		rounds[i] = c.of(do)
	}
	slices.SortFunc(rounds, func(a, b calls) int { return cmp.Compare(a.total(), b.total()) })
	return rounds[len(rounds)/2]
}

func (c calls) total() (n int) {
	for _, k := range c {
		n += k
	}
	return n
}

// want fails for each call of which there are more than want has.
func (c calls) want(t *testing.T, want calls) {
	t.Helper()
	t.Logf("%d system calls: %v", c.total(), c)
	for _, call := range slices.Sorted(maps.Keys(c)) {
		if c[call] > want[call] {
			t.Errorf("%d of %s, not %d", c[call], call, want[call])
		}
	}
}

// shardByHand is one over the real kernel whose turns the test takes.
func shardByHand(t *testing.T) *shard {
	t.Helper()
	k, err := newKernel()
	if err != nil {
		t.Fatal(err)
	}
	l := newShard(k)
	t.Cleanup(func() {
		l.post(letter{what: end})
		l.run()
	})
	return l
}

// byHand is a shard by hand, alone in a group, whose system calls are counted.
func byHand(t *testing.T) (*Group, *counted) {
	t.Helper()
	l := shardByHand(t)
	sys := &counted{system: l.sys, calls: map[string]int{}}
	l.sys = sys
	return &Group{shards: []*shard{l}}, sys
}

// begin starts a session of the client that near leads to, and returns its service.
func begin(t *testing.T, g *Group, near driver.Conn) (service net.Conn) {
	t.Helper()
	far, service := drivertest.TCPPair(t)
	s := g.New(driver.Options{Client: near, Service: far, Config: drivertest.Config(), Owner: &nobody{}})
	if err := s.Adopt(); err != nil {
		t.Fatal(err)
	}
	s.Start(nil, nil)
	g.shards[0].turn() // the letter
	g.shards[0].turn() // the sockets can be sent to
	return service
}

func TestSystemCallsOfAnEcho(t *testing.T) {
	for _, size := range []int{64, 16 << 10} {
		t.Run(fmt.Sprintf("of %d bytes", size), func(t *testing.T) {
			g, sys := byHand(t)
			near, client := drivertest.TCPPair(t)
			service := begin(t, g, near)
			l := g.shards[0]
			message := drivertest.Masked(frame.Binary, make([]byte, size))
			payload, answer := make([]byte, size), make([]byte, len(message)-4)
			move := func(from, to net.Conn, said, heard []byte) {
				from.Write(said)
				for l.turn(); len(l.later) > 0; {
					l.turn()
				}
				if _, err := io.ReadFull(to, heard); err != nil {
					t.Fatal(err)
				}
			}
			echo := func() {
				move(client, service, message, payload)
				move(service, client, payload, answer)
			}
			echo() // and reads have become as large as it takes
			echo()
			sys.typically(echo).want(t, calls{
				"epoll_pwait": 2, // one for what each side says
				"recvfrom":    2, // that takes all of it: no second one finds nothing
				"sendto":      2, // that passes it on
			})
		})
	}
}

func TestSystemCallsOfManyEchoes(t *testing.T) {
	plain := func() (near, client driver.Conn) { return drivertest.TCPPair(t) }
	secure := func() (near, client driver.Conn) {
		a, b := drivertest.TCPPair(t)
		return drivertest.ShakeHands(t, driver.NewTransport(a), b)
	}
	// What all clients say is received and passed on, and so is what all services say.
	together := calls{"epoll_pwait": 2, "io_submit": 4}
	const some = 38 // for which the buffer has room
	for name, test := range map[string]struct {
		connect        func() (near, client driver.Conn)
		sessions, size int
		want           calls
	}{
		"of plain clients":            {plain, mostTogether, 4, together},
		"of plain clients, of 16 KiB": {plain, some, 16 << 10, together},
		"over TLS":                    {secure, mostTogether, 4, together},
		"over TLS, of more than a few KiB": {secure, some, 8 << 10, calls{
			"epoll_pwait": 2,
			"recvfrom":    some, // crypto/tls receives it itself
			"io_submit":   3,    // to the services, from them, and to the clients
		}},
	} {
		t.Run(name, func(t *testing.T) {
			g, sys := byHand(t)
			l := g.shards[0]
			clients, services := make([]net.Conn, test.sessions), make([]net.Conn, test.sessions)
			for i := range clients {
				var near driver.Conn
				near, clients[i] = test.connect()
				services[i] = begin(t, g, near)
			}
			message := bytes.Repeat([]byte("word"), test.size/4)
			request := drivertest.Masked(frame.Binary, message)
			answer := append(frame.Header{Fin: true, Opcode: frame.Binary, Length: uint64(len(message))}.Append(nil), message...)
			move := func(from, to []net.Conn, said, want []byte) {
				for _, c := range from {
					c.Write(said)
				}
				for l.turn(); len(l.later) > 0; {
					l.turn()
				}
				for _, c := range to {
					got := make([]byte, len(want))
					if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
						t.Fatalf("other bytes came of %d: %v", len(said), err)
					}
				}
			}
			echo := func() {
				move(clients, services, request, message)
				move(services, clients, message, answer)
			}
			for _, at := range l.slots {
				at.session.client.noteSize(test.size) // as of messages before
				at.session.service.noteSize(test.size)
			}
			sys.typically(echo).want(t, test.want)
		})
	}
}

// The real kernel gives what has come so far, so this is simulated.
func TestSystemCallsOfEightMegabytesOfBulk(t *testing.T) {
	const size = 8 << 20
	for name, test := range map[string]struct {
		say  func(*guest)
		want calls
	}{
		"from the client": {
			func(g *guest) { g.client.arrive(drivertest.Masked(frame.Binary, make([]byte, size-frame.MaxHeader))) },
			calls{
				"epoll_pwait": 17, // one for each turn, of which each session has 512 KiB
				"recvfrom":    17, // of 512 KiB each; the last finds nothing
				"sendto":      16, // as much
			},
		},
		"from the service": {
			func(g *guest) { g.service.arrive(make([]byte, size)) },
			calls{
				"epoll_pwait": 9,  // one for each turn, of which each session passes 1 MiB
				"recvfrom":    1,  // of the first 64 KiB: now it is known to stream
				"splice":      17, // of 1 MiB each, into the pipe and out of it; the last finds nothing
				"sendto":      9,  // the headers, and the first piece
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			sys := &counted{system: tb.desks[0], calls: map[string]int{}}
			tb.shard.sys = sys
			g := tb.seat()
			round := func() { test.say(g); tb.turns() }
			round() // and pieces have become as large as they may
			sys.of(round).want(t, test.want)
			if n := max(g.toClient.Len(), g.toService.Len()); n < 2*(size-frame.MaxHeader) {
				t.Errorf("%d bytes went through", n)
			}
		})
	}
}

// host is a gate whose clients are all greeted, and their caller.
type host struct {
	service netip.AddrPort
	owner   *drivertest.Owner
	begun   bool
}

func (h *host) Greets() bool                                { return true }
func (h *host) Patience() time.Duration                     { return drivertest.Patience }
func (h *host) Greet(netip.AddrPort, []byte) Caller         { return h }
func (h *host) Detour(conn driver.Conn, _ []byte)           { conn.Close() }
func (h *host) Lost(error, time.Duration)                   {}
func (h *host) Fault(v any, stack []byte, _ netip.AddrPort) { h.owner.Fault(v, stack) }
func (h *host) Service() (netip.AddrPort, time.Duration)    { return h.service, drivertest.Patience }
func (h *host) Failed(conn driver.Conn, _ error)            { conn.Close() }
func (h *host) Gone()                                       {}
func (h *host) Connected(driver.Session, []byte) (Beginning, error) {
	h.begun = true
	return Beginning{Config: drivertest.Config(), Owner: h.owner, Answer: []byte("101")}, nil
}

func TestSystemCallsOfAHandshakeAndAClose(t *testing.T) {
	want := calls{
		"epoll_pwait":     5, // the client is there, has spoken, the service is there, the client ends, and the service
		"accept4":         2, // the client, and that there is no other
		"epoll_ctl":       2, // both sockets
		"recvfrom":        3, // the request, the client's Close frame, the service's end
		"socket, connect": 2, // to the service
		"setsockopt":      4, // of that: no delay, and three for keepalive
		"sendto":          2, // the answer, and the Close frame
		"shutdown":        1, // the client's end, for the service
		"close":           2, // both sockets
	}
	g, sys := byHand(t)
	t.Run("of a client that its shard reads", func(t *testing.T) {
		h := &host{owner: drivertest.NewOwner()}
		callsOfAVisit(t, g, sys, h, h, func() {}).want(t, want)
	})
	t.Run("of one that a goroutine reads, and that comes back", func(t *testing.T) {
		h := &hall{host: host{owner: drivertest.NewOwner()}, detoured: make(chan driver.Conn, 1)}
		goOn := func() {
			select {
			case conn := <-h.detoured:
				if _, err := conn.Read(make([]byte, 8)); err != nil {
					t.Fatal(err)
				}
				Resume(conn, h)
			default:
			}
		}
		more := maps.Clone(want)
		more["epoll_pwait"]++ // it is back
		callsOfAVisit(t, g, sys, h, &h.host, goOn).want(t, more)
	})
}

// callsOfAVisit are those for one client that comes and goes. between is done
// after each turn until it has a session.
func callsOfAVisit(t *testing.T, g *Group, sys *counted, gate Gate, h *host, between func()) calls {
	l := g.shards[0]
	entrance, services := listen(t), listen(t)
	at := entrance.Addr().String()
	h.service = addressOf(services)
	stop, err := g.Accept(entrance, net.KeepAliveConfig{Idle: time.Minute, Interval: time.Minute, Count: 1}, gate)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		l.turn()
		<-stopped
	}()
	l.turn()
	return sys.typically(func() {
		client, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		client.Write([]byte("GET"))
		for h.begun = false; !h.begun; {
			l.turn()
			between()
		}
		service, err := services.Accept()
		if err != nil {
			t.Fatal(err)
		}
		client.Write(drivertest.Masked(frame.Close, nil))
		l.turn()
		service.Close()
		for len(h.owner.Ends) == 0 {
			l.turn()
		}
		<-h.owner.Ends
	})
}

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}
