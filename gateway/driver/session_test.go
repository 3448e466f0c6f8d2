package driver

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// eachTransport runs test over every kind of connections.
func eachTransport(t *testing.T, c *session.Config, test func(*testing.T, *rig)) {
	for name, via := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, via, c))
		})
	}
}

func TestBytesGoBothWaysAndTheClientCloses(t *testing.T) {
	eachTransport(t, testConfig(), func(t *testing.T, r *rig) {
		sent := pattern(300 << 10)
		go r.client.Write(masked(frame.Binary, sent))
		r.wantService(t, sent)
		go r.service.Write(sent)
		if got := r.data(t, len(sent)); string(got) != string(sent) {
			t.Fatal("the client did not read what the service wrote")
		}
		r.send(t, frame.Close, frame.AppendClose(nil, 1000, "bye"))
		if n, err := r.service.Read(make([]byte, 1)); err != io.EOF {
			t.Fatalf("service read %d, %v; want the end", n, err)
		}
		r.service.Write([]byte("last"))
		if got := r.data(t, 4); string(got) != "last" {
			t.Fatalf("read %q", got)
		}
		r.service.Close()
		r.wantClose(t, 1000, "")
		end := r.want(t, session.ClientClose)
		want := session.Stats{BytesIn: 300 << 10, MessagesIn: 1, BytesOut: 300<<10 + 4, MessagesOut: end.Stats.MessagesOut}
		if end.Code != 1000 || end.Stats != want {
			t.Errorf("end %+v", end)
		}
	})
}

// An end right behind data comes without an event of its own where polling is
// edge-triggered: it must not be waited for.
func TestAnEndRightBehindDataIsSeen(t *testing.T) {
	const rounds = 100
	for name, via := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range rounds {
				r := start(t, via, testConfig())
				r.service.Write([]byte("last words"))
				r.service.Close()
				if got := r.data(t, 10); string(got) != "last words" {
					t.Fatalf("read %q", got)
				}
				r.wantClose(t, 1000, "backend_eof")
				r.client.Write(append(masked(frame.Binary, []byte("x")), masked(frame.Close, nil)...))
				r.client.CloseWrite()
				r.want(t, session.BackendEOF)

				r = start(t, via, testConfig())
				r.send(t, frame.Binary, []byte("last words"))
				r.client.Close()
				r.wantService(t, []byte("last words"))
				if n, err := r.service.Read(make([]byte, 1)); err != io.EOF {
					t.Fatalf("service read %d, %v; want the end", n, err)
				}
				r.service.Close()
				r.want(t, session.ClientGone)
			}
		})
	}
}

func TestTheServicesResetIsBadGateway(t *testing.T) {
	eachTransport(t, testConfig(), func(t *testing.T, r *rig) {
		r.reset()
		r.wantClose(t, 1014, "backend_reset")
		r.send(t, frame.Close, nil)
		r.want(t, session.BackendReset)
	})
}

func TestPingsAreAnsweredWhileTheServiceWrites(t *testing.T) {
	eachTransport(t, testConfig(), func(t *testing.T, r *rig) {
		stop := make(chan struct{})
		var writer sync.WaitGroup
		writer.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := r.service.Write(pattern(64 << 10)); err != nil {
						return
					}
				}
			}
		})
		for i := range 20 {
			r.send(t, frame.Ping, []byte{byte(i)})
			for {
				h, p := r.read(t)
				if h.Opcode == frame.Pong {
					if p[0] != byte(i) {
						t.Fatalf("Pong %v, want %d", p, i)
					}
					break
				}
			}
		}
		close(stop)
		r.client.Close()
		r.service.Close()
		writer.Wait()
		<-r.ended
	})
}

func TestAReaderThatNeverReadsIsCut(t *testing.T) {
	c := testConfig()
	c.Write = 50 * time.Millisecond
	eachTransport(t, c, func(t *testing.T, r *rig) {
		r.service.SetDeadline(time.Now().Add(patience))
		for {
			if _, err := r.service.Write(make([]byte, 1<<20)); err != nil {
				break
			}
		}
		r.want(t, session.ClientStalled)
	})
}

func TestAServiceThatNeverReadsEndsItsSession(t *testing.T) {
	c := testConfig()
	c.Write = 50 * time.Millisecond
	eachTransport(t, c, func(t *testing.T, r *rig) {
		big := masked(frame.Binary, make([]byte, 1<<20))
		go func() {
			for {
				if _, err := r.client.Write(big); err != nil {
					return
				}
			}
		}()
		r.wantClose(t, 1014, "backend_stalled")
		r.client.Close()
		r.want(t, session.BackendStalled)
	})
}

func TestCloseFromOutsideIsAClosedConversation(t *testing.T) {
	eachTransport(t, testConfig(), func(t *testing.T, r *rig) {
		r.session.Close(session.Drain)
		r.wantClose(t, 1001, "drain")
		r.send(t, frame.Binary, []byte("on its way"))
		r.send(t, frame.Close, frame.AppendClose(nil, 1001, ""))
		r.wantService(t, []byte("on its way"))
		if n, err := r.client.Read(make([]byte, 1)); err == nil {
			t.Fatalf("read %d bytes after Close", n)
		}
		r.service.Close()
		r.want(t, session.Drain)
	})
}

func TestCutEndsBothSidesAtOnce(t *testing.T) {
	eachTransport(t, testConfig(), func(t *testing.T, r *rig) {
		r.session.Cut(session.Drain)
		r.want(t, session.Drain)
		if _, err := r.service.Read(make([]byte, 1)); err == nil {
			t.Error("the service reads on")
		}
	})
}

func TestASessionClosedBeforeItStartsStillEnds(t *testing.T) {
	near, far := tcpPair(t)
	serviceNear, serviceFar := tcpPair(t)
	r := &rig{owner: newOwner(), client: far, service: serviceFar}
	r.session = New(Options{Client: near, Service: serviceNear, Config: testConfig(), Owner: r.owner})
	r.session.Close(session.Drain)
	r.session.Start(nil)
	r.wantClose(t, 1001, "drain")
	r.send(t, frame.Close, nil)
	r.service.Close()
	r.want(t, session.Drain)
}

func TestEarlyBytesAreTheFirst(t *testing.T) {
	near, far := tcpPair(t)
	serviceNear, serviceFar := tcpPair(t)
	r := &rig{owner: newOwner(), client: far, service: serviceFar}
	early := masked(frame.Binary, pattern(80<<10))
	r.session = New(Options{Client: near, Service: serviceNear, Config: testConfig(), Owner: r.owner})
	r.session.Start(early)
	r.send(t, frame.Binary, []byte("then"))
	r.wantService(t, append(pattern(80<<10), "then"...))
	r.session.Cut(session.Drain)
	r.want(t, session.Drain)
}

// faulty panics at its first write.
type faulty struct{ Conn }

func (faulty) Write([]byte) (int, error) { panic("a fault of our own") }

func TestAPanicEndsItsSessionAlone(t *testing.T) {
	other := start(t, transports["plain TCP"], testConfig())

	near, far := tcpPair(t)
	serviceNear, serviceFar := tcpPair(t)
	r := &rig{owner: newOwner(), client: far, service: serviceFar}
	r.session = New(Options{Client: near, Service: faulty{serviceNear}, Config: testConfig(), Owner: r.owner})
	r.session.Start(nil)
	r.send(t, frame.Binary, []byte("x"))
	r.wantClose(t, 1011, "internal")
	if v := <-r.faults; v != "a fault of our own" {
		t.Errorf("fault %v", v)
	}
	r.send(t, frame.Close, nil)
	r.client.Close()
	r.want(t, session.Internal)

	other.send(t, frame.Binary, []byte("still here"))
	other.wantService(t, []byte("still here"))
	other.session.Cut(session.Drain)
	other.want(t, session.Drain)
}

func TestAPanicWhileWritingToTheClientCutsTheSession(t *testing.T) {
	near, far := tcpPair(t)
	serviceNear, serviceFar := tcpPair(t)
	r := &rig{owner: newOwner(), client: far, service: serviceFar}
	r.session = New(Options{Client: faulty{near}, Service: serviceNear, Config: testConfig(), Owner: r.owner})
	r.session.Start(nil)
	r.service.Write([]byte("x"))
	if end := r.want(t, session.Internal); end.Code != 1006 {
		t.Errorf("code %d, want 1006: the Close frame was not written", end.Code)
	}
	if _, err := far.Read(make([]byte, 1)); err == nil {
		t.Error("the client reads on")
	}
}

func TestASilentClientIsPingedAndLeft(t *testing.T) {
	c := testConfig()
	c.Ping, c.Pong, c.Close = 20*time.Millisecond, 30*time.Millisecond, 50*time.Millisecond
	eachTransport(t, c, func(t *testing.T, r *rig) {
		if h, _ := r.read(t); h.Opcode != frame.Ping {
			t.Fatalf("opcode %d, want Ping", h.Opcode)
		}
		r.wantClose(t, 1001, "ping_timeout")
		r.want(t, session.PingTimeout)
	})
}

func TestAConnectionInMemoryWorksToo(t *testing.T) {
	near, far := net.Pipe()
	serviceNear, serviceFar := net.Pipe()
	o := newOwner()
	s := New(Options{Client: wholeClose{near}, Service: wholeClose{serviceNear}, Config: testConfig(), Owner: o})
	s.Start(nil)
	go far.Write(masked(frame.Text, []byte("hello")))
	got := make([]byte, 5)
	if _, err := io.ReadFull(serviceFar, got); err != nil || string(got) != "hello" {
		t.Fatalf("%q, %v", got, err)
	}
	s.Cut(session.Drain)
	o.want(t, session.Drain)
}

// wholeClose is a connection that cannot be half-closed.
type wholeClose struct{ net.Conn }

func (c wholeClose) CloseWrite() error { return c.Close() }
