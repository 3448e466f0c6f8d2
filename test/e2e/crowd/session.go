package crowd

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"switchyard.dev/test/gatewaytest"
)

// Ending is how a session ended.
type Ending struct {
	// Session is its name.
	Session string
	// Code and Reason are those of the Close frame of the other side; zero where
	// none came.
	Code   uint16
	Reason string
	// Lost is why the session counts as lost, and nil where it was closed
	// properly.
	Lost error
}

// String is e for a failing test's message.
func (e Ending) String() string {
	if e.Lost != nil {
		return fmt.Sprintf("%s was lost: %v", e.Session, e.Lost)
	}
	return fmt.Sprintf("%s was closed: %d %q", e.Session, e.Code, e.Reason)
}

// session is one WebSocket of the crowd.
type session struct {
	name   string
	socket *socket
	Pace

	mu sync.Mutex
	// pending was sent and is not back yet.
	pending []byte
	// rounds are the messages that came back whole.
	rounds int
	// leaving says that the session has closed of its own accord.
	leaving bool
	// back is told whenever nothing is pending any more.
	back chan struct{}
}

func newSession(name string, s *socket, pace Pace) *session {
	return &session{name: name, socket: s, Pace: pace, back: make(chan struct{}, 1)}
}

// run carries traffic until the other side ends the session, or until ctx ends:
// then the session is closed with 1000, and the other side must do the same.
func (s *session) run(ctx context.Context) Ending {
	ctx, cancel := context.WithCancel(ctx)
	written := make(chan struct{})
	over := make(chan struct{})
	go func() {
		defer close(written)
		s.write(ctx, over)
	}()
	end := s.read()
	close(over)
	cancel()
	_ = s.socket.conn.Close()
	<-written
	return end
}

// write sends messages, each once the one before is back. Why it cannot go on,
// read finds out.
func (s *session) write(ctx context.Context, over <-chan struct{}) {
	source, random := newRandom()
	pause := time.NewTimer(s.pause(random))
	defer pause.Stop()
	for number := uint64(0); ; number++ {
		select {
		case <-over:
			return
		case <-ctx.Done():
			s.leave()
			return
		case <-pause.C:
		}
		message := s.message(source, random.IntN(s.MaxMessage), number)
		s.mu.Lock()
		s.pending = message
		s.mu.Unlock()
		if s.socket.send(s.Stall, gatewaytest.Binary(message)) != nil {
			return
		}
		select {
		case <-over:
			return
		case <-s.back:
		}
		pause.Reset(s.pause(random))
	}
}

// newRandom is a source of random bytes, and of numbers from it.
func newRandom() (*rand.ChaCha8, *rand.Rand) {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(rand.Uint32())
	}
	source := rand.NewChaCha8(seed)
	return source, rand.New(source)
}

// message has size random bytes behind the name and the number, so that no other
// message of anybody's equals it.
func (s *session) message(source *rand.ChaCha8, size int, number uint64) []byte {
	m := binary.BigEndian.AppendUint64([]byte(s.name), number)
	head := len(m)
	m = slices.Grow(m, size)[:head+size]
	_, _ = source.Read(m[head:])
	return m
}

func (s *session) leave() {
	s.mu.Lock()
	s.leaving = true
	s.mu.Unlock()
	_ = s.socket.send(s.Stall, gatewaytest.Close(1000, ""))
}

func (s *session) read() Ending {
	for {
		f, err := s.socket.next(s.Stall)
		switch {
		case err != nil:
			return s.lost(fmt.Errorf("without a Close frame: %w", err))
		case f.Op == gatewaytest.OpClose:
			return s.closed(f)
		}
		if err := s.take(f); err != nil {
			return s.lost(err)
		}
	}
}

// take holds what came against what was sent.
func (s *session) take(f gatewaytest.Frame) error {
	p, err := data(f)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rest, ok := bytes.CutPrefix(s.pending, p)
	if !ok {
		return fmt.Errorf("%d bytes came that are not the next of the %d that were sent", len(p), len(s.pending))
	}
	if s.pending = rest; len(rest) == 0 && len(p) > 0 {
		s.rounds++
		s.back <- struct{}{}
	}
	return nil
}

func (s *session) closed(f gatewaytest.Frame) Ending {
	end := Ending{Session: s.name}
	end.Code, end.Reason = closeOf(f)
	s.mu.Lock()
	leaving, pending := s.leaving, len(s.pending)
	s.mu.Unlock()
	if !leaving {
		// A failure shows in the end of the connection.
		_ = s.socket.send(s.Stall, gatewaytest.Close(end.Code, ""))
	} else if end.Code != 1000 || pending > 0 {
		end.Lost = fmt.Errorf("its Close 1000 was answered by %v, with %d bytes still to come", f, pending)
		return end
	}
	end.Lost = s.socket.wantEnd(s.CloseWait)
	return end
}

func (s *session) lost(err error) Ending {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Ending{Session: s.name, Lost: fmt.Errorf("after %d messages, with %d bytes on their way: %w", s.rounds, len(s.pending), err)}
}

// done is how many messages came back whole.
func (s *session) done() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rounds
}
