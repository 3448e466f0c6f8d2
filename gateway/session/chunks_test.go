package session

import (
	"bytes"
	"strings"
	"testing"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// seen is what either side has seen of a session that is over.
type seen struct {
	service string
	// client is the payload of the data frames, the type before each message
	// unless the framing is Stream; close and pongs are that of the latest.
	client, close, pongs string
	end                  End
	// refused: bytes of one side could not be carried.
	refused bool
}

// playChunks gives a session all of the client's bytes, then all of the
// service's and its end, then the client's end, in buffers whose sizes size
// tells.
func playChunks(t *testing.T, cfg *Config, fromClient, fromService []byte, size func() int) seen {
	tc := begin(t)
	tc.with(func(c *Config) { *c = *cfg })
	for chunk := range chunks(fromClient, size) {
		tc.client(chunk)
	}
	for chunk := range chunks(fromService, size) {
		tc.service(string(chunk))
	}
	tc.serviceEOF()
	tc.clientEOF()
	tc.advance(3 * cfg.Close)
	if !tc.over {
		t.Fatalf("not over: %+v", tc.s.End())
	}
	return tc.seen(cfg.Framing)
}

func chunks(b []byte, size func() int) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			n := min(size(), len(b))
			if !yield(bytes.Clone(b[:n])) {
				return
			}
			b = b[n:]
		}
	}
}

// seen sums up what was written to either side.
func (tc *testConn) seen(k framing.Kind) seen {
	all := seen{service: string(tc.toService), end: tc.s.End(), refused: tc.s.end.serviceClosed}
	for p := tc.toClient; len(p) > 0; {
		h, n, _ := frame.Parse(p)
		payload := string(p[n : n+int(h.Length)])
		p = p[n+int(h.Length):]
		switch {
		case h.Opcode == frame.Close:
			all.close = payload
		case h.Opcode == frame.Pong:
			all.pongs = payload
		case h.Opcode == frame.Continuation || k == framing.Stream:
			all.client += payload
		case h.Opcode == frame.Text:
			all.client += "t:" + payload
		case h.Opcode == frame.Binary:
			all.client += "b:" + payload
		}
	}
	return all
}

// FuzzChunks: however both sides' bytes are cut, the service gets the same
// bytes, the client the same messages, and the session ends the same way. What
// comes before a byte that is refused may arrive in part, so there one is the
// beginning of the other.
func FuzzChunks(f *testing.F) {
	join := func(frames ...[]byte) []byte { return bytes.Join(frames, nil) }
	f.Add(byte(0), join(bin("one"), more(frame.Text, "a\xc3"), ping("x"), last("\xb1"), closing(1000, "bye")), []byte("service"), []byte{1, 2, 3})
	f.Add(byte(4), join(bin(strings.Repeat("long ", 60)), badFrame(), bin("x")), []byte("añ日𝄞b"), []byte{1})
	f.Add(byte(1), join(txt("one"), txt(""), more(frame.Text, "a"), last("\n")), []byte("one\n\ntwo"), []byte{5})
	f.Add(byte(5), join(txt("one"), txt("\xff"), ping("x"), closing(1000, "")), []byte("ñ\nx\xff\n"), []byte{2})
	f.Add(byte(2), join(more(frame.Binary, "ab"), more(frame.Continuation, ""), last("c"), bin("d")), []byte("\x00\x00\x00\x02ab\x00\x00\x00\x00"), []byte{4, 1})
	f.Add(byte(3), join(txt("ab"), bin(""), more(frame.Text, "ab"), last("c"), closing(3000, "\xff")), []byte("\x01\x00\x00\x00\x02ab\x03\x00\x00\x00\x00"), []byte{9})
	f.Add(byte(0), join(bin(strings.Repeat("x", 101))), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, kinds byte, fromClient, fromService, sizes []byte) {
		cfg := testConfig
		cfg.Framing, cfg.Text, cfg.MaxMessage = framing.Kind(kinds&3), kinds&4 != 0, 100
		want := playChunks(t, &cfg, fromClient, fromService, func() int { return 1 << 20 })
		got := playChunks(t, &cfg, fromClient, fromService, cycle(sizes))
		if got.end.Cause == InvalidMessage && want.end.Cause == InvalidUTF8 {
			// A message with both faults is refused for the one that is found first.
			got.end.Cause, got.end.Detail, got.close = want.end.Cause, want.end.Detail, want.close
		}
		if !sameOrBegins(want.service, got.service, want.refused) {
			t.Errorf("the service got %q, at once %q", got.service, want.service)
		}
		if !sameOrBegins(want.client, got.client, want.refused) {
			t.Errorf("the client got %q, at once %q", got.client, want.client)
		}
		if got.close != want.close || got.pongs != want.pongs {
			t.Errorf("the client got Close %q, pong %q, at once %q, %q", got.close, got.pongs, want.close, want.pongs)
		}
		if want.refused {
			got.end.Stats, want.end.Stats = Stats{}, Stats{}
		}
		if cfg.Framing == framing.Stream {
			got.end.Stats.MessagesOut = want.end.Stats.MessagesOut
		}
		if got.end != want.end {
			t.Errorf("ended with %+v, at once %+v", got.end, want.end)
		}
	})
}

func sameOrBegins(once, cut string, refused bool) bool {
	return cut == once || refused && strings.HasPrefix(cut, once)
}

// cycle tells the sizes over and over, each at least 1.
func cycle(sizes []byte) func() int {
	i := 0
	return func() int {
		if len(sizes) == 0 {
			return 1
		}
		n := int(sizes[i%len(sizes)])
		i++
		return max(n, 1)
	}
}
