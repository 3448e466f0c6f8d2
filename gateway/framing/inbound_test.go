package framing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// message is what the client sends: its fragments, one for each frame.
type message struct {
	text      bool
	fragments []string
}

func bin(fragments ...string) message { return message{fragments: fragments} }
func txt(fragments ...string) message { return message{text: true, fragments: fragments} }

// gap is the shortest header of a client's frame. What a framing adds to a
// message must find room there.
const gap = 6

// poison is what no byte of the tests' messages looks like.
const poison = 0xee

// guarded is a buffer with Headroom before the input and poison around it.
type guarded struct {
	t     *testing.T
	buf   []byte
	input []byte
}

func guard(t *testing.T, input []byte) *guarded {
	whole := bytes.Repeat([]byte{poison}, Headroom+len(input)+Headroom)
	copy(whole[Headroom:], input)
	return &guarded{t: t, buf: whole[:Headroom+len(input)], input: input}
}

// check fails the test where what is unread, from offset r, or what lies behind
// the input was written to.
func (g *guarded) check(r int) {
	g.t.Helper()
	if unread := g.buf[r:]; !bytes.Equal(unread, g.input[r-Headroom:]) {
		g.t.Fatalf("unread input was overwritten from offset %d of %d", r-Headroom, len(g.input))
	}
	for i, c := range g.buf[len(g.buf) : len(g.buf)+Headroom] {
		if c != poison {
			g.t.Fatalf("the byte %d behind the buffer was overwritten", i)
		}
	}
}

// inboundRun gives messages to f as the engine does, over buffers whose sizes
// size tells, and returns all that goes to the service.
func inboundRun(t *testing.T, f *Inbound, messages []message, size func() int) (out []byte, err error) {
	type piece struct {
		header, first, fin, text bool
		n, length                int
	}
	var pieces []piece
	var stream []byte
	for _, m := range messages {
		for i, p := range m.fragments {
			fin := i == len(m.fragments)-1
			pieces = append(pieces,
				piece{header: true, first: i == 0, fin: fin, text: m.text, n: gap, length: len(p)},
				piece{fin: fin, n: len(p)})
			stream = append(stream, strings.Repeat("#", gap)+p...)
		}
	}
	for len(pieces) > 0 {
		n := min(size(), len(stream))
		g := guard(t, stream[:n])
		stream = stream[n:]
		gather := NewGather(g.buf)
		r := Headroom
		for len(pieces) > 0 {
			p := &pieces[0]
			part := min(p.n, len(g.buf)-r)
			p.n -= part
			if p.header {
				r += part
				if p.n > 0 {
					break
				}
				if p.first {
					flush, err := f.Begin(&gather, r, p.text, p.fin, uint64(p.length))
					g.check(r)
					if err != nil {
						return append(out, gather.Bytes()...), err
					}
					if flush {
						out = append(out, gather.Bytes()...)
						gather = NewGather(g.buf)
					}
				}
				pieces = pieces[1:]
				continue
			}
			if part > 0 {
				err := f.Piece(&gather, r, part)
				r += part
				g.check(r)
				if err != nil {
					return append(out, gather.Bytes()...), err
				}
			}
			if p.n > 0 {
				break
			}
			if p.fin {
				held := f.End(&gather, r)
				g.check(r)
				if held != nil && !gather.Empty() {
					t.Fatal("a held message and gathered bytes in one call")
				}
				out = append(out, held...)
			}
			pieces = pieces[1:]
		}
		out = append(out, gather.Bytes()...)
	}
	return out, nil
}

// inboundTwin is what the service should get: the naive way.
func inboundTwin(kind Kind, limit int, messages []message) (out []byte, err error) {
	for _, m := range messages {
		payload := strings.Join(m.fragments, "")
		switch kind {
		case Lines:
			if strings.Contains(payload, "\n") {
				return out, ErrLineFeed
			}
			payload += "\n"
		case LengthPrefixed, Typed:
			if len(m.fragments) > 1 && len(payload) > limit {
				return out, ErrTooBig
			}
			if kind == Typed {
				out = append(out, map[bool]byte{true: 1, false: 2}[m.text])
			}
			out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
		}
		out = append(out, payload...)
	}
	return out, nil
}

func whole() int  { return 1 << 20 }
func single() int { return 1 }

func TestInbound(t *testing.T) {
	long := strings.Repeat("long ", 50)
	for name, tc := range map[string]struct {
		kind Kind
		max  uint64
		in   []message
		want string
		err  error
	}{
		"stream: boundaries vanish":                  {kind: Stream, in: []message{bin("ab"), txt("c"), bin("d", "e", "")}, want: "abcde"},
		"stream: empty messages are nothing":         {kind: Stream, in: []message{bin(""), txt("", "")}, want: ""},
		"stream: a line feed is a byte":              {kind: Stream, in: []message{bin("a\nb")}, want: "a\nb"},
		"stream: max is not for it":                  {kind: Stream, max: 1, in: []message{bin("abc", "def")}, want: "abcdef"},
		"lines: a message is a line":                 {kind: Lines, in: []message{txt("one"), bin("two")}, want: "one\ntwo\n"},
		"lines: fragments are one line":              {kind: Lines, in: []message{txt("o", "", "ne"), txt("two", "")}, want: "one\ntwo\n"},
		"lines: an empty message is an empty line":   {kind: Lines, in: []message{bin(""), bin("", "")}, want: "\n\n"},
		"lines: a carriage return stays":             {kind: Lines, in: []message{bin("a\r")}, want: "a\r\n"},
		"lines: a line feed is refused":              {kind: Lines, in: []message{bin("ok"), bin("a\nb")}, want: "ok\n", err: ErrLineFeed},
		"lines: a line feed at the end is refused":   {kind: Lines, in: []message{bin("a\n")}, err: ErrLineFeed},
		"length: before every message":               {kind: LengthPrefixed, in: []message{bin("ab"), txt("c")}, want: "\x00\x00\x00\x02ab\x00\x00\x00\x01c"},
		"length: an empty message":                   {kind: LengthPrefixed, in: []message{bin(""), bin("", "")}, want: strings.Repeat("\x00", 8)},
		"length: fragments are held":                 {kind: LengthPrefixed, in: []message{bin("x"), bin("ab", "", "c"), bin("y")}, want: "\x00\x00\x00\x01x\x00\x00\x00\x03abc\x00\x00\x00\x01y"},
		"length: a held message at the limit":        {kind: LengthPrefixed, max: 3, in: []message{bin("ab", "c")}, want: "\x00\x00\x00\x03abc"},
		"length: a held message over the limit":      {kind: LengthPrefixed, max: 3, in: []message{bin("ok"), bin("ab", "cd")}, want: "\x00\x00\x00\x02ok", err: ErrTooBig},
		"length: one frame streams past that limit":  {kind: LengthPrefixed, max: 3, in: []message{bin("abcd")}, want: "\x00\x00\x00\x04abcd"},
		"length: two bytes of length":                {kind: LengthPrefixed, in: []message{bin(long + long)}, want: "\x00\x00\x01\xf4" + long + long},
		"typed: the type goes first":                 {kind: Typed, in: []message{bin("ab"), txt("c")}, want: "\x02\x00\x00\x00\x02ab\x01\x00\x00\x00\x01c"},
		"typed: fragments have the first one's type": {kind: Typed, in: []message{txt("ab", "c"), bin("d", "e")}, want: "\x01\x00\x00\x00\x03abc\x02\x00\x00\x00\x02de"},
		"typed: empty messages":                      {kind: Typed, in: []message{txt(""), bin("", "")}, want: "\x01\x00\x00\x00\x00\x02\x00\x00\x00\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			for size := range 300 {
				f := Inbound{Kind: tc.kind, Max: tc.max}
				got, err := inboundRun(t, &f, tc.in, func() int { return size + 1 })
				if !errors.Is(err, tc.err) {
					t.Fatalf("buffers of %d: error %v, want %v", size+1, err, tc.err)
				}
				if tc.err == nil && string(got) != tc.want {
					t.Fatalf("buffers of %d: %q, want %q", size+1, got, tc.want)
				}
				if !bytes.HasPrefix(got, []byte(tc.want)) {
					t.Fatalf("buffers of %d: %q does not begin with the good messages %q", size+1, got, tc.want)
				}
			}
		})
	}
}

func TestInboundHoldsNoMoreThanTheDefault(t *testing.T) {
	half := strings.Repeat("x", DefaultMaxHeld/2)
	f := Inbound{Kind: LengthPrefixed}
	if out, err := inboundRun(t, &f, []message{bin(half, half)}, whole); err != nil || len(out) != lengthSize+DefaultMaxHeld {
		t.Errorf("a message of the limit: %d bytes, error %v", len(out), err)
	}
	if _, err := inboundRun(t, &f, []message{bin(half, half, "x")}, whole); !errors.Is(err, ErrTooBig) {
		t.Errorf("a byte more: error %v, want %v", err, ErrTooBig)
	}
}

func TestInboundLengthMustFitItsField(t *testing.T) {
	for _, kind := range []Kind{LengthPrefixed, Typed} {
		f := Inbound{Kind: kind}
		g := NewGather(make([]byte, 2*Headroom))
		if _, err := f.Begin(&g, Headroom+gap, false, true, 1<<32); !errors.Is(err, ErrTooBig) {
			t.Errorf("kind %d, 4 GiB: error %v, want %v", kind, err, ErrTooBig)
		}
		if _, err := f.Begin(&g, Headroom+gap, false, true, 1<<32-1); err != nil {
			t.Errorf("kind %d, a byte less: error %v", kind, err)
		}
	}
}

func TestWhole(t *testing.T) {
	for kind, want := range map[Kind]bool{Stream: false, Lines: false, LengthPrefixed: true, Typed: true} {
		if kind.Whole() != want {
			t.Errorf("Kind(%d).Whole() = %v", kind, !want)
		}
	}
}

// FuzzInbound: any messages, fragmented and cut anywhere, give what the naive
// twin makes of them, and no byte is overwritten before it was read.
func FuzzInbound(f *testing.F) {
	f.Add(byte(0), []byte("\x03one\x83two\x00"), []byte{1, 7})
	f.Add(byte(1), []byte("\x01a\xc1b\x02cd"), []byte{3})
	f.Add(byte(1), []byte("\x05ab\nde"), []byte{200})
	f.Add(byte(2), []byte("\x7f\x41a\x41b\x01c\x01d"), []byte{8, 9, 30})
	f.Add(byte(3), []byte("\x42ab\x82cd\x80\xc0\x00"), []byte{255})
	f.Add(byte(3), []byte("\x05hello\x45long message\x05tail "), []byte{})
	f.Fuzz(func(t *testing.T, kind byte, script, sizes []byte) {
		messages := readMessages(script)
		in := Inbound{Kind: Kind(kind % 4), Max: 40}
		got, err := inboundRun(t, &in, messages, cycle(sizes))
		want, wantErr := inboundTwin(in.Kind, 40, messages)
		if !errors.Is(err, wantErr) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if wantErr == nil && len(got) != len(want) || !bytes.HasPrefix(got, want) {
			t.Fatalf("the service got %q, want %q", got, want)
		}
	})
}

// readMessages makes messages of any bytes: each fragment has a byte before it,
// its length with the bits 0x80 text and 0x40 more fragments to come.
func readMessages(script []byte) (messages []message) {
	open := false
	for len(script) > 0 {
		c := script[0]
		n := min(int(c&0x3f), len(script)-1)
		if !open {
			messages = append(messages, message{text: c&0x80 != 0})
		}
		m := &messages[len(messages)-1]
		m.fragments = append(m.fragments, string(script[1:1+n]))
		open = c&0x40 != 0
		script = script[1+n:]
	}
	return messages
}

// cycle tells the sizes over and over, each at least 1; one byte where there
// are none.
func cycle(sizes []byte) func() int {
	i := 0
	return func() int {
		if len(sizes) == 0 {
			return single()
		}
		n := int(sizes[i%len(sizes)])
		i++
		return max(n, 1)
	}
}
