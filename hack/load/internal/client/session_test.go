package client

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"switchyard.dev/hack/load/internal/link"
	"switchyard.dev/hack/load/internal/wire"
)

// script is a driver without connections: the test plays the server.
type script struct{ kicked int }

func (d *script) Run(time.Time, func() bool) error { return nil }
func (d *script) Dial(link.Machine) link.Conn      { return d }
func (d *script) Close()                           {}
func (d *script) Kick()                            { d.kicked++ }
func (d *script) End(error)                        {}

// config is a valid one, to be changed.
func config(mode Mode) Config {
	return Config{
		URL: "ws://127.0.0.1:1/", Mode: mode, Sessions: 1, Size: 64, Active: 1,
		Duration: time.Millisecond, OpenTimeout: time.Minute,
	}
}

// dialled is a session of a scripted load, its request already sent.
func dialled(t *testing.T, c Config) (*load, *session) {
	t.Helper()
	l := newLoad(&c, "127.0.0.1:1", "/")
	l.driver = &script{}
	l.dial()
	s := l.sessions[0]
	s.Opened()
	if got := written(s); !bytes.Equal(got, l.request) {
		t.Fatalf("the session wrote %q first, want the request", got)
	}
	return l, s
}

// openedSession is one whose handshake is done.
func openedSession(t *testing.T, c Config) (*load, *session) {
	t.Helper()
	l, s := dialled(t, c)
	answer, err := wire.Answer(l.request)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Input(answer); err != nil {
		t.Fatal(err)
	}
	return l, s
}

// written takes what s writes until it has nothing more.
func written(s *session) []byte {
	var all []byte
	for out := s.Output(); len(out) > 0; out = s.Output() {
		all = append(all, out...)
		s.Wrote(len(out))
	}
	return all
}

// reply is the payload of the message that is out, sent back in n frames.
func reply(l *load, s *session, frames int) []byte {
	payload := l.pattern.Append(nil, s.base, l.config.Size)
	var b []byte
	for i := range frames {
		from, to := i*len(payload)/frames, (i+1)*len(payload)/frames
		opcode := byte(wire.Continuation)
		if i == 0 {
			opcode = wire.Binary
		}
		b = wire.AppendServerHeader(b, i == frames-1, opcode, uint64(to-from))
		b = append(b, payload[from:to]...)
	}
	return b
}

func TestAnEchoIsCountedHoweverItComesBack(t *testing.T) {
	tests := map[string]struct{ frames, piece int }{
		"in one frame, at once":            {1, 1 << 20},
		"in one frame, byte by byte":       {1, 1},
		"in three fragments":               {3, 1 << 20},
		"in a fragment a byte, in threes":  {64, 3},
		"with its header cut in the midst": {1, 67},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l, s := openedSession(t, config(Echo))
			l.reset()
			s.begin()
			if got := written(s); !bytes.Equal(got, s.frame) {
				t.Fatalf("wrote % x, want the frame", got)
			}
			for round := 1; round <= 3; round++ {
				b := reply(l, s, tc.frames)
				for len(b) > 0 {
					n := min(tc.piece, len(b))
					if err := s.Input(b[:n]); err != nil {
						t.Fatal(err)
					}
					b = b[n:]
				}
				if got := written(s); !bytes.Equal(got, s.frame) {
					t.Fatalf("round %d: wrote % x, want the frame again", round, got)
				}
				if l.messages != uint64(round) || l.bytes != uint64(round*64) || l.latency.Count() != uint64(round) {
					t.Fatalf("round %d: %d messages, %d bytes, %d latencies", round, l.messages, l.bytes, l.latency.Count())
				}
			}
		})
	}
}

func TestASessionEndsOverWhatAServerMustNotDo(t *testing.T) {
	wrong := bytes.Repeat([]byte{0}, 64)
	tests := map[string]struct {
		input []byte
		kind  string
	}{
		"another payload":               {wire.AppendServerFrame(nil, wire.Binary, wrong), "payload"},
		"more than was sent":            {wire.AppendServerFrame(nil, wire.Binary, make([]byte, 65)), "payload"},
		"a masked frame":                {wire.AppendClientFrame(nil, wire.Binary, wrong), "protocol"},
		"a reserved bit":                {[]byte{0xC2, 0}, "protocol"},
		"a close nobody asked for":      {wire.AppendServerFrame(nil, wire.Close, []byte("\x03\xe9bye")), "close_1001"},
		"an empty close":                {wire.AppendServerFrame(nil, wire.Close, nil), "close_1005"},
		"a close that comes in pieces":  {wire.AppendServerFrame(nil, wire.Close, []byte("\x03\xf4")), "close_1012"},
		"a ping before it changes none": {wire.AppendServerFrame(wire.AppendServerFrame(nil, wire.Ping, []byte("x")), wire.Close, nil), "close_1005"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l, s := openedSession(t, config(Echo))
			s.begin()
			written(s)
			var err error
			for _, b := range tc.input {
				if err = s.Input([]byte{b}); err != nil {
					break
				}
			}
			if err == nil && !s.Done() {
				t.Fatal("it goes on")
			}
			s.Ended(err)
			if l.errors[tc.kind] != 1 || l.opens != 0 || l.failed != 0 {
				t.Errorf("errors %v, open %d, failed %d; want one %s and no failed opening", l.errors, l.opens, l.failed, tc.kind)
			}
		})
	}
}

func TestARefusedHandshakeIsAFailedSession(t *testing.T) {
	l, s := dialled(t, config(Echo))
	err := s.Input([]byte("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n"))
	s.Ended(err)
	if l.failed != 1 || l.errors["status_503"] != 1 || l.waiting != 0 {
		t.Errorf("failed %d, waiting %d, errors %v; want one status_503", l.failed, l.waiting, l.errors)
	}
}

func TestDataRightBehindTheAnswerIsNotLost(t *testing.T) {
	l, s := dialled(t, config(Download))
	answer, err := wire.Answer(l.request)
	if err != nil {
		t.Fatal(err)
	}
	first := wire.AppendServerFrame(answer, wire.Binary, l.pattern.Append(nil, 0, 10))
	if err := s.Input(first); err != nil {
		t.Fatal(err)
	}
	if l.opens != 1 || l.bytes != 10 || l.messages != 1 {
		t.Errorf("open %d, %d bytes, %d messages; want 1, 10, 1", l.opens, l.bytes, l.messages)
	}
}

func TestACloseIsAnsweredWithItsCode(t *testing.T) {
	l, s := openedSession(t, config(Echo))
	s.begin()
	message := written(s)
	asked := wire.AppendServerFrame(nil, wire.Close, []byte("\x03\xe9"))
	if err := s.Input(append(asked, message...)); err != nil {
		t.Fatalf("what came behind a Close counts: %v", err)
	}
	if got, want := written(s), wire.AppendClientFrame(nil, wire.Close, []byte("\x03\xe9")); !bytes.Equal(got, want) {
		t.Errorf("wrote % x, want % x", got, want)
	}
	s.Ended(nil)
	if l.errors["close_1001"] != 1 {
		t.Errorf("errors %v, want close_1001", l.errors)
	}
}

func TestAPongGoesBetweenFrames(t *testing.T) {
	_, s := openedSession(t, config(Echo))
	s.begin()
	s.Wrote(len(s.Output()) / 2)
	if err := s.Input(wire.AppendServerFrame(nil, wire.Ping, []byte("hi"))); err != nil {
		t.Fatal(err)
	}
	want := append(bytes.Clone(s.frame[len(s.frame)/2:]), wire.AppendClientFrame(nil, wire.Pong, []byte("hi"))...)
	if got := written(s); !bytes.Equal(got, want) {
		t.Errorf("wrote % x, want the rest of the frame and the pong % x", got, want)
	}
}

func TestAnUploadNeverEndsAndCountsWholeMessages(t *testing.T) {
	l, s := openedSession(t, config(Upload))
	s.begin()
	l.reset()
	frame := len(l.message(0))
	sent := 0
	for range 10 {
		out := s.Output()
		if len(out) == 0 {
			t.Fatal("an upload has nothing to write")
		}
		n := min(len(out), 10*frame+1)
		s.Wrote(n)
		sent += n
	}
	l.finish()
	if want := uint64(sent / frame); l.messages != want || l.bytes != want*64 {
		t.Errorf("%d messages, %d bytes; want %d, %d", l.messages, l.bytes, want, want*64)
	}
}

func TestAChurnedSessionClosesAsTheRFCSays(t *testing.T) {
	l, s := openedSession(t, config(Churn))
	if got := written(s); !bytes.Equal(got, l.farewell) {
		t.Fatalf("wrote % x, want a Close frame", got)
	}
	if err := s.Input(wire.AppendServerFrame(nil, wire.Close, []byte(statusNormal))); err != nil {
		t.Fatalf("the answer to Close ended the session: %v", err)
	}
	s.Ended(nil)
	if l.messages != 1 || l.handshakes != 1 || len(l.errors) != 0 {
		t.Errorf("%d closed, %d handshakes, errors %v; want 1, 1 and none", l.messages, l.handshakes, l.errors)
	}
}

func TestAnEchoDoesNotAllocate(t *testing.T) {
	l, s := openedSession(t, config(Echo))
	s.begin()
	written := func() { s.Wrote(len(s.Output())) }
	written()
	b := reply(l, s, 1)
	allocs := testing.AllocsPerRun(100, func() {
		if err := s.Input(b); err != nil {
			t.Fatal(err)
		}
		written()
	})
	if allocs != 0 {
		t.Errorf("%v allocations an echo, want 0", allocs)
	}
}

func FuzzSession(f *testing.F) {
	f.Add([]byte{0x82, 0x01, 'x'}, 1)
	f.Add([]byte{0x88, 0x02, 0x03, 0xe8}, 2)
	f.Add([]byte{0x89, 0x7d, 0}, 3)
	f.Fuzz(func(t *testing.T, input []byte, piece int) {
		_, s := openedSession(t, config(Echo))
		s.begin()
		piece = max(1, min(piece, len(input)))
		for len(input) > 0 {
			n := min(piece, len(input))
			if err := s.Input(bytes.Clone(input[:n])); err != nil {
				s.Ended(err)
				return
			}
			written(s)
			input = input[n:]
		}
	})
}

func TestKindOfUnknownErrors(t *testing.T) {
	if got := kind(errors.New("whatever")); got != "protocol" {
		t.Errorf("kind = %q, want protocol", got)
	}
}
