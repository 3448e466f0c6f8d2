package drivertest

import (
	"io"
	"sync"
	"testing"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// Suite is the tests of one driver.
type Suite struct {
	// New makes a session of the driver.
	New func(*testing.T, driver.Options) driver.Session
	// Opaque: it also carries connections of which it knows nothing.
	Opaque bool
}

// Run runs all tests.
func (s Suite) Run(t *testing.T) {
	for name, test := range map[string]func(*testing.T, Suite){
		"bytes go both ways and the client closes":                      bytesGoBothWaysAndTheClientCloses,
		"an end right behind data is seen":                              anEndRightBehindDataIsSeen,
		"the services reset is bad gateway":                             theServicesResetIsBadGateway,
		"pings are answered while the service writes":                   pingsAreAnsweredWhileTheServiceWrites,
		"a reader that never reads is cut":                              aReaderThatNeverReadsIsCut,
		"a service that never reads ends its session":                   aServiceThatNeverReadsEndsItsSession,
		"close from outside is a closed conversation":                   closeFromOutsideIsAClosedConversation,
		"cut ends both sides at once":                                   cutEndsBothSidesAtOnce,
		"a session closed before it starts still ends":                  aSessionClosedBeforeItStartsStillEnds,
		"early bytes and the answer are the first":                      earlyBytesAndTheAnswerAreTheFirst,
		"a silent client is pinged and left":                            aSilentClientIsPingedAndLeft,
		"a reset right behind data is seen":                             aResetRightBehindDataIsSeen,
		"close from outside closes the service where its cause says so": closeFromOutsideClosesTheServiceWhereItsCauseSaysSo,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

// each runs test over every kind of connections.
func (s Suite) each(t *testing.T, c *session.Config, test func(*testing.T, *rig)) {
	for name, via := range s.transports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, s.start(t, via, c))
		})
	}
}

func bytesGoBothWaysAndTheClientCloses(t *testing.T, s Suite) {
	s.each(t, Config(), func(t *testing.T, r *rig) {
		sent := Pattern(300 << 10)
		go r.client.Write(Masked(frame.Binary, sent))
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
		end := r.Want(t, session.ClientClose)
		want := session.Stats{BytesIn: 300 << 10, MessagesIn: 1, BytesOut: 300<<10 + 4, MessagesOut: end.Stats.MessagesOut}
		if end.Code != 1000 || end.Stats != want {
			t.Errorf("end %+v", end)
		}
	})
}

// An end right behind data comes without an event of its own where polling is
// edge-triggered: it must not be waited for.
func anEndRightBehindDataIsSeen(t *testing.T, s Suite) {
	const rounds = 100
	for name, via := range s.transports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range rounds {
				r := s.start(t, via, Config())
				r.service.Write([]byte("last words"))
				r.service.Close()
				if got := r.data(t, 10); string(got) != "last words" {
					t.Fatalf("read %q", got)
				}
				r.wantClose(t, 1000, "backend_eof")
				r.client.Write(append(Masked(frame.Binary, []byte("x")), Masked(frame.Close, nil)...))
				r.client.CloseWrite()
				r.Want(t, session.BackendEOF)

				r = s.start(t, via, Config())
				r.send(t, frame.Binary, []byte("last words"))
				r.client.Close()
				r.wantService(t, []byte("last words"))
				if n, err := r.service.Read(make([]byte, 1)); err != io.EOF {
					t.Fatalf("service read %d, %v; want the end", n, err)
				}
				r.service.Close()
				r.Want(t, session.ClientGone)
			}
		})
	}
}

func theServicesResetIsBadGateway(t *testing.T, s Suite) {
	s.each(t, Config(), func(t *testing.T, r *rig) {
		r.reset()
		r.wantClose(t, 1014, "backend_reset")
		r.send(t, frame.Close, nil)
		r.Want(t, session.BackendReset)
	})
}

func pingsAreAnsweredWhileTheServiceWrites(t *testing.T, s Suite) {
	s.each(t, Config(), func(t *testing.T, r *rig) {
		stop := make(chan struct{})
		var writer sync.WaitGroup
		writer.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := r.service.Write(Pattern(64 << 10)); err != nil {
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
		<-r.Ends
	})
}

func aReaderThatNeverReadsIsCut(t *testing.T, s Suite) {
	c := Config()
	c.Write = 50 * time.Millisecond
	s.each(t, c, func(t *testing.T, r *rig) {
		r.service.SetDeadline(time.Now().Add(Patience))
		for {
			if _, err := r.service.Write(make([]byte, 1<<20)); err != nil {
				break
			}
		}
		r.Want(t, session.ClientStalled)
	})
}

func aServiceThatNeverReadsEndsItsSession(t *testing.T, s Suite) {
	c := Config()
	c.Write = 50 * time.Millisecond
	s.each(t, c, func(t *testing.T, r *rig) {
		big := Masked(frame.Binary, make([]byte, 1<<20))
		go func() {
			for {
				if _, err := r.client.Write(big); err != nil {
					return
				}
			}
		}()
		r.wantClose(t, 1014, "backend_stalled")
		r.client.Close()
		r.Want(t, session.BackendStalled)
	})
}

func closeFromOutsideIsAClosedConversation(t *testing.T, s Suite) {
	s.each(t, Config(), func(t *testing.T, r *rig) {
		r.session.Close(session.Drain)
		r.wantClose(t, 1001, "drain")
		r.send(t, frame.Binary, []byte("on its way"))
		r.send(t, frame.Close, frame.AppendClose(nil, 1001, ""))
		r.wantService(t, []byte("on its way"))
		if n, err := r.client.Read(make([]byte, 1)); err == nil {
			t.Fatalf("read %d bytes after Close", n)
		}
		r.service.Close()
		r.Want(t, session.Drain)
	})
}

func cutEndsBothSidesAtOnce(t *testing.T, s Suite) {
	s.each(t, Config(), func(t *testing.T, r *rig) {
		r.session.Cut(session.Drain)
		r.Want(t, session.Drain)
		if _, err := r.service.Read(make([]byte, 1)); err == nil {
			t.Error("the service reads on")
		}
	})
}

func aSessionClosedBeforeItStartsStillEnds(t *testing.T, s Suite) {
	r := s.make(t, plain, Config())
	r.session.Close(session.Drain)
	r.session.Start(nil, nil)
	r.wantClose(t, 1001, "drain")
	r.send(t, frame.Close, nil)
	r.service.Close()
	r.Want(t, session.Drain)
}

func earlyBytesAndTheAnswerAreTheFirst(t *testing.T, s Suite) {
	r := s.make(t, plain, Config())
	early := Masked(frame.Binary, Pattern(80<<10))
	r.session.Start([]byte("answer"), early)
	clear(early) // it is the caller's again
	r.send(t, frame.Binary, []byte("then"))
	r.wantService(t, append(Pattern(80<<10), "then"...))
	got := make([]byte, 6)
	if _, err := io.ReadFull(r.client, got); err != nil || string(got) != "answer" {
		t.Errorf("the client read %q, %v", got, err)
	}
	r.session.Cut(session.Drain)
	r.Want(t, session.Drain)
}

func aSilentClientIsPingedAndLeft(t *testing.T, s Suite) {
	c := Config()
	c.Ping, c.Pong, c.Close = 20*time.Millisecond, 30*time.Millisecond, 50*time.Millisecond
	s.each(t, c, func(t *testing.T, r *rig) {
		if h, _ := r.read(t); h.Opcode != frame.Ping {
			t.Fatalf("opcode %d, want Ping", h.Opcode)
		}
		r.wantClose(t, 1001, "ping_timeout")
		r.Want(t, session.PingTimeout)
	})
}

func aResetRightBehindDataIsSeen(t *testing.T, s Suite) {
	const rounds = 100
	for name, via := range s.transports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range rounds {
				r := s.start(t, via, Config())
				r.service.Write([]byte("last words"))
				r.reset()
				if got := r.data(t, 10); string(got) != "last words" {
					t.Fatalf("read %q", got)
				}
				r.wantClose(t, 1014, "backend_reset")
				r.send(t, frame.Close, nil)
				r.Want(t, session.BackendReset)
			}
		})
	}
}

func closeFromOutsideClosesTheServiceWhereItsCauseSaysSo(t *testing.T, s Suite) {
	s.each(t, Config(), func(t *testing.T, r *rig) {
		r.session.Close(session.Internal)
		r.wantClose(t, 1011, "internal")
		if _, err := r.service.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the service read %v before the client has answered, want the end", err)
		}
		r.client.Close()
		r.Want(t, session.Internal)
	})
}
