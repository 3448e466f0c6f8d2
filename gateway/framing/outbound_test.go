package framing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// received is what the client gets: whole messages, and what there is of one
// that was begun.
type received struct {
	messages []sent
	open     string
	isOpen   bool
}

type sent struct {
	text    bool
	payload string
}

// outboundRun gives the service's bytes to o in buffers whose sizes size tells,
// then its end.
func outboundRun(t *testing.T, o *Outbound, stream []byte, size func() int) (got received, err error) {
	var text bool
	frame := func(f Frame, payload string) {
		if f.First == got.isOpen {
			t.Fatalf("a frame with First %v while a message is open: %v", f.First, got.isOpen)
		}
		if f.First {
			text = f.Text
		}
		got.open, got.isOpen = got.open+payload, !f.Fin
		if f.Fin {
			got.messages = append(got.messages, sent{text, got.open})
			got.open = ""
		}
	}
	for len(stream) > 0 {
		n := min(size(), len(stream))
		g := guard(t, stream[:n])
		stream = stream[n:]
		for r := Headroom; r < len(g.buf); {
			f, next, ok, err := o.Next(g.buf, r)
			if err != nil {
				return got, err
			}
			g.check(next)
			if !ok {
				if next != len(g.buf) {
					t.Fatalf("no frame, and %d of %d bytes taken", next-Headroom, n)
				}
				break
			}
			if next <= r || f.From < r-len(o.tail) || f.To > next {
				t.Fatalf("frame %+v from offset %d to %d", f, r, next)
			}
			frame(f, string(g.buf[f.From:f.To]))
			r = next
		}
	}
	fin, err := o.End()
	if fin && err == nil {
		frame(Frame{Fin: true}, "")
	}
	return got, err
}

// outboundTwin is what the client should get: the naive way. A Stream is one
// message here, wherever it is cut.
func outboundTwin(o Outbound, stream []byte) (messages []sent, err error) {
	notText := func(p []byte) bool { return o.Text && !utf8.Valid(p) }
	switch o.Kind {
	case Stream:
		if notText(stream) {
			return nil, ErrNotText
		}
		return []sent{{o.Text, string(stream)}}, nil
	case Lines:
		for len(stream) > 0 {
			line, rest, _ := bytes.Cut(stream, []byte("\n"))
			if notText(line) {
				return messages, ErrNotText
			}
			messages, stream = append(messages, sent{o.Text, string(line)}), rest
		}
		return messages, nil
	}
	for len(stream) > 0 {
		if len(stream) < o.Kind.prefix() {
			return messages, ErrTruncated
		}
		text := o.Text
		if o.Kind == Typed {
			if stream[0] != 1 && stream[0] != 2 {
				return messages, ErrType
			}
			text = stream[0] == 1
			stream = stream[1:]
		}
		n := uint64(binary.BigEndian.Uint32(stream))
		stream = stream[lengthSize:]
		if uint64(len(stream)) < n {
			if text && hopeless(stream) {
				return messages, ErrNotText
			}
			return messages, ErrTruncated
		}
		if text && !utf8.Valid(stream[:n]) {
			return messages, ErrNotText
		}
		messages, stream = append(messages, sent{text, string(stream[:n])}), stream[n:]
	}
	return messages, nil
}

// hopeless reports whether no continuation makes p UTF-8.
func hopeless(p []byte) bool {
	for len(p) > 0 && utf8.FullRune(p) {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 {
			return true
		}
		p = p[n:]
	}
	return false
}

func TestOutbound(t *testing.T) {
	b := func(payloads ...string) (all []sent) {
		for _, p := range payloads {
			all = append(all, sent{false, p})
		}
		return all
	}
	x := func(payloads ...string) (all []sent) {
		for _, p := range payloads {
			all = append(all, sent{true, p})
		}
		return all
	}
	for name, tc := range map[string]struct {
		kind Kind
		text bool
		in   string
		want []sent
		err  error
	}{
		"lines: a line is a message":                  {kind: Lines, in: "one\ntwo\n", want: b("one", "two")},
		"lines: an empty line is an empty message":    {kind: Lines, in: "\n\na\n\n", want: b("", "", "a", "")},
		"lines: many empty lines":                     {kind: Lines, in: strings.Repeat("\n", 1000), want: b(make([]string, 1000)...)},
		"lines: the last one needs no line feed":      {kind: Lines, in: "one\ntwo", want: b("one", "two")},
		"lines: a carriage return stays":              {kind: Lines, in: "one\r\n", want: b("one\r")},
		"lines: nothing":                              {kind: Lines},
		"lines: text":                                 {kind: Lines, text: true, in: "añb\n日本\n𝄞", want: x("añb", "日本", "𝄞")},
		"lines: a character over a line feed":         {kind: Lines, text: true, in: "ok\n\xc3\n\xb1", want: x("ok"), err: ErrNotText},
		"lines: no text":                              {kind: Lines, text: true, in: "ok\na\xffb\n", want: x("ok"), err: ErrNotText},
		"lines: the last one ends inside a character": {kind: Lines, text: true, in: "ok\n\xe6\x97", want: x("ok"), err: ErrNotText},
		"lines: bytes need not be text":               {kind: Lines, in: "\xff\n\xc3", want: b("\xff", "\xc3")},
		"length: one after the other":                 {kind: LengthPrefixed, in: "\x00\x00\x00\x02ab\x00\x00\x00\x01c", want: b("ab", "c")},
		"length: empty messages":                      {kind: LengthPrefixed, in: strings.Repeat("\x00", 12), want: b("", "", "")},
		"length: text":                                {kind: LengthPrefixed, text: true, in: "\x00\x00\x00\x02\xc3\xb1\x00\x00\x00\x00", want: x("ñ", "")},
		"length: text that ends inside a character":   {kind: LengthPrefixed, text: true, in: "\x00\x00\x00\x01\xc3\x00\x00\x00\x01\xb1", err: ErrNotText},
		"length: the end inside a message":            {kind: LengthPrefixed, in: "\x00\x00\x00\x01a\x00\x00\x00\x03ab", want: b("a"), err: ErrTruncated},
		"length: the end before a payload":            {kind: LengthPrefixed, in: "\x00\x00\x00\x01", err: ErrTruncated},
		"length: the end inside a prefix":             {kind: LengthPrefixed, in: "\x00\x00\x00\x01a\x00\x00", want: b("a"), err: ErrTruncated},
		"length: the greatest one":                    {kind: LengthPrefixed, in: "\xff\xff\xff\xffa", err: ErrTruncated},
		"typed: both types":                           {kind: Typed, in: "\x01\x00\x00\x00\x02\xc3\xb1\x02\x00\x00\x00\x01\xff", want: append(x("ñ"), b("\xff")...)},
		"typed: the type outdoes the route's":         {kind: Typed, text: true, in: "\x02\x00\x00\x00\x01\xff", want: b("\xff")},
		"typed: empty messages":                       {kind: Typed, in: "\x01\x00\x00\x00\x00\x02\x00\x00\x00\x00", want: append(x(""), b("")...)},
		"typed: another type":                         {kind: Typed, in: "\x02\x00\x00\x00\x00\x03\x00\x00\x00\x00", want: b(""), err: ErrType},
		"typed: type 0":                               {kind: Typed, in: "\x00\x00\x00\x00\x00", err: ErrType},
		"typed: text that is none":                    {kind: Typed, in: "\x01\x00\x00\x00\x01\xff", err: ErrNotText},
		"typed: the end behind the type":              {kind: Typed, in: "\x01", err: ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			for size := range 40 {
				o := Outbound{Kind: tc.kind, Text: tc.text}
				got, err := outboundRun(t, &o, []byte(tc.in), func() int { return size + 1 })
				if !errors.Is(err, tc.err) {
					t.Fatalf("buffers of %d: error %v, want %v", size+1, err, tc.err)
				}
				if !slices.Equal(got.messages, tc.want) {
					t.Fatalf("buffers of %d: %v, want %v", size+1, got.messages, tc.want)
				}
				if err == nil && got.isOpen {
					t.Fatalf("buffers of %d: a message was left open with %q", size+1, got.open)
				}
			}
		})
	}
}

func TestOutboundStreamMakesAMessageOfEveryBuffer(t *testing.T) {
	for name, tc := range map[string]struct {
		text bool
		size int
		in   string
		want []string
		err  error
	}{
		"bytes":                                 {size: 2, in: "abcde", want: []string{"ab", "cd", "e"}},
		"text":                                  {text: true, size: 2, in: "abcd", want: []string{"ab", "cd"}},
		"a character is not cut":                {text: true, size: 2, in: "añb", want: []string{"a", "ñb"}},
		"one over four buffers":                 {text: true, size: 1, in: "𝄞a", want: []string{"𝄞", "a"}},
		"bytes are cut anywhere":                {size: 2, in: "añ", want: []string{"a\xc3", "\xb1"}},
		"no text":                               {text: true, size: 2, in: "ab\xffd", want: []string{"ab"}, err: ErrNotText},
		"the end inside a character":            {text: true, size: 2, in: "ab\xe6\x97", want: []string{"ab"}, err: ErrNotText},
		"a character that is impossible later":  {text: true, size: 1, in: "\xe6\x97a", err: ErrNotText},
		"a character with nothing in its place": {text: true, size: 3, in: "ab\xc3", want: []string{"ab"}, err: ErrNotText},
	} {
		t.Run(name, func(t *testing.T) {
			o := Outbound{Kind: Stream, Text: tc.text}
			got, err := outboundRun(t, &o, []byte(tc.in), func() int { return tc.size })
			var payloads []string
			for _, m := range got.messages {
				payloads = append(payloads, m.payload)
				if m.text != tc.text {
					t.Errorf("a message with text %v", m.text)
				}
			}
			if !slices.Equal(payloads, tc.want) || !errors.Is(err, tc.err) {
				t.Errorf("%q and error %v, want %q and %v", payloads, err, tc.want, tc.err)
			}
		})
	}
}

// An error must leave no half of a character behind it as an end of a message.
func TestOutboundEndWithAnErrorEndsNoMessage(t *testing.T) {
	o := Outbound{Kind: Lines, Text: true}
	buf := append(make([]byte, Headroom), "a\xc3"...)
	if _, _, ok, err := o.Next(buf, Headroom); !ok || err != nil {
		t.Fatalf("a line's beginning: ok %v, error %v", ok, err)
	}
	if fin, err := o.End(); fin || !errors.Is(err, ErrNotText) {
		t.Errorf("End() = %v, %v, want false, %v", fin, err, ErrNotText)
	}
}

// FuzzOutbound: any bytes cut anywhere give the messages of the naive twin.
func FuzzOutbound(f *testing.F) {
	f.Add(byte(0), []byte("añ日𝄞b"), []byte{1, 2, 3})
	f.Add(byte(4), []byte("añ日𝄞b\xe6\x97"), []byte{1, 2, 3})
	f.Add(byte(5), []byte("one\n\nañ\nlast"), []byte{2})
	f.Add(byte(5), []byte("one\n\xc3"), []byte{4})
	f.Add(byte(2), []byte("\x00\x00\x00\x02ab\x00\x00\x00\x00\x00\x00\x00\x05ab"), []byte{3})
	f.Add(byte(6), []byte("\x00\x00\x00\x02\xc3\xb1\x00\x00\x00\x02a\xc3"), []byte{1})
	f.Add(byte(3), []byte("\x01\x00\x00\x00\x02ab\x02\x00\x00\x00\x01\xff\x03\x00\x00\x00\x01a"), []byte{7, 1})
	f.Fuzz(func(t *testing.T, kind byte, stream, sizes []byte) {
		o := Outbound{Kind: Kind(kind & 3), Text: kind&4 != 0}
		want, wantErr := outboundTwin(o, stream)
		run := o
		got, err := outboundRun(t, &run, stream, cycle(sizes))
		if !errors.Is(err, wantErr) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if o.Kind == Stream {
			join(t, &got, o.Text)
			if wantErr != nil {
				return
			}
		}
		if !slices.Equal(got.messages, want) {
			t.Fatalf("the client got %v, want %v", got.messages, want)
		}
		if err == nil && got.isOpen {
			t.Fatalf("a message was left open with %q", got.open)
		}
	})
}

// join makes one message of all. Each must be whole in itself.
func join(t *testing.T, got *received, text bool) {
	all := sent{text: text}
	for _, m := range got.messages {
		if m.text && !utf8.ValidString(m.payload) {
			t.Fatalf("a text message of %q", m.payload)
		}
		all.payload += m.payload
	}
	got.messages = []sent{all}
}
