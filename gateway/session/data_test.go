package session

import (
	"bytes"
	"strings"
	"testing"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

func TestFromClient(t *testing.T) {
	for name, tc := range map[string]struct {
		kind   framing.Kind
		frames [][]byte
		want   string
	}{
		"Stream": {framing.Stream, [][]byte{txt("añ"), bin("\xff\n"), more(frame.Binary, "a"), last("b")}, "añ\xff\nab"},
		"Lines":  {framing.Lines, [][]byte{txt("a"), txt(""), more(frame.Binary, "b"), last("")}, "a\n\nb\n"},
		"LengthPrefixed": {framing.LengthPrefixed, [][]byte{txt("a"), more(frame.Binary, "b"), ping(""), last("c"), bin("")},
			"\x00\x00\x00\x01a\x00\x00\x00\x02bc\x00\x00\x00\x00"},
		"Typed": {framing.Typed, [][]byte{txt("a"), more(frame.Text, "b"), last("c"), bin("")},
			"\x01\x00\x00\x00\x01a\x01\x00\x00\x00\x02bc\x02\x00\x00\x00\x00"},
		"a character over two fragments":   {framing.Stream, [][]byte{more(frame.Text, "\xc3"), last("\xb1")}, "ñ"},
		"the longest length of 7 bits":     {framing.Stream, [][]byte{bin(strings.Repeat("x", 125))}, strings.Repeat("x", 125)},
		"the shortest length of 16 bits":   {framing.Stream, [][]byte{bin(strings.Repeat("x", 126))}, strings.Repeat("x", 126)},
		"the longest length of 16 bits":    {framing.Stream, [][]byte{bin(strings.Repeat("x", 65535))}, strings.Repeat("x", 65535)},
		"the shortest length of 64 bits":   {framing.Stream, [][]byte{bin(strings.Repeat("x", 65536))}, strings.Repeat("x", 65536)},
		"a prefix before a length of 64 b": {framing.Typed, [][]byte{bin(strings.Repeat("x", 65536))}, "\x02\x00\x01\x00\x00" + strings.Repeat("x", 65536)},
	} {
		t.Run(name, func(t *testing.T) {
			once, byByte := begin(t), begin(t)
			once.with(kind(tc.kind))
			byByte.with(kind(tc.kind))
			once.client(tc.frames...)
			byByte.clientByByte(tc.frames...)
			if string(once.toService) != tc.want {
				t.Errorf("the service got %.100q, want %.100q", once.toService, tc.want)
			}
			if string(byByte.toService) != tc.want {
				t.Errorf("byte by byte the service got %.100q, want %.100q", byByte.toService, tc.want)
			}
			if once.s.Stats() != byByte.s.Stats() {
				t.Errorf("%+v at once, %+v byte by byte", once.s.Stats(), byByte.s.Stats())
			}
		})
	}
}

func TestFromClientRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Config)
		frames [][]byte
		cause  Cause
		detail string
	}{
		"a line feed in a line":                 {kind(framing.Lines), [][]byte{txt("a\nb")}, InvalidMessage, "framing Lines: a message must not contain a line feed"},
		"a frame without a mask":                {kind(framing.Stream), [][]byte{{0x82, 0}}, ProtocolError, "RFC 6455 5.1: clients mask, servers do not"},
		"an end inside a character":             {kind(framing.Stream), [][]byte{txt("a\xc3")}, InvalidUTF8, "RFC 6455 8.1: a text message is UTF-8"},
		"an end inside a character, fragmented": {kind(framing.Typed), [][]byte{more(frame.Text, "\xc3"), last("")}, InvalidUTF8, "RFC 6455 8.1: a text message is UTF-8"},
		"4 GiB before a 4-byte length":          {kind(framing.Typed), [][]byte{{0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4}}, MessageTooBig, "message over the limit"},
		"a length over the limit":               {maxMessage(2), [][]byte{bin("abc")}, MessageTooBig, "message over the limit"},
		"fragments over the limit":              {maxMessage(2), [][]byte{more(frame.Binary, "ab"), more(frame.Continuation, ""), last("c")}, MessageTooBig, "message over the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			c := begin(t)
			c.with(tc.change)
			c.client(tc.frames...)
			if end := c.s.End(); end.Cause != tc.cause || end.Code != tc.cause.Code() || end.Detail != tc.detail {
				t.Errorf("ended with %+v, want %v and %q", end, tc.cause, tc.detail)
			}
		})
	}
}

func TestFromServiceMakesManyFramesOfOneBuffer(t *testing.T) {
	for name, tc := range map[string]struct {
		kind framing.Kind
		unit string
		want []byte
	}{
		"empty lines":    {framing.Lines, "\n", []byte{0x82, 0}},
		"short lines":    {framing.Lines, "a\n", []byte{0x82, 1, 'a'}},
		"long lines":     {framing.Lines, strings.Repeat("x", 126) + "\n", append([]byte{0x82, 126, 0, 126}, strings.Repeat("x", 126)...)},
		"empty messages": {framing.Typed, "\x01\x00\x00\x00\x00", []byte{0x81, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			const units = 5000
			c := begin(t)
			c.with(kind(tc.kind))
			c.service(strings.Repeat(tc.unit, units))
			if !bytes.Equal(c.toClient, bytes.Repeat(tc.want, units)) {
				t.Errorf("the client got %d bytes, want %d, and those of %q each", len(c.toClient), units*len(tc.want), tc.want)
			}
			if got := c.s.Stats().MessagesOut; got != units {
				t.Errorf("%d messages, want %d", got, units)
			}
		})
	}
}

func TestServiceThatCannotBeCarried(t *testing.T) {
	for name, tc := range map[string]struct {
		kind   framing.Kind
		in     string
		eof    bool
		detail string
	}{
		"text that is not UTF-8":       {framing.Stream, "\xff", false, framing.ErrNotText.Error()},
		"the end inside a character":   {framing.Stream, "\xc3", true, framing.ErrNotText.Error()},
		"the end inside a line's":      {framing.Lines, "a\xc3", true, framing.ErrNotText.Error()},
		"a wrong type":                 {framing.Typed, "\x05\x00\x00\x00\x00", false, framing.ErrType.Error()},
		"the end inside of a message":  {framing.LengthPrefixed, "\x00\x00\x00\x02a", true, framing.ErrTruncated.Error()},
		"the end inside of the prefix": {framing.LengthPrefixed, "\x00", true, framing.ErrTruncated.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			c := begin(t)
			c.with(kind(tc.kind), asText)
			c.service(tc.in)
			if tc.eof {
				c.serviceEOF()
			}
			c.got = c.got[max(0, len(c.got)-2):]
			c.want("client close 1014 backend_invalid", "close service")
			if end := c.s.End(); end.Detail != tc.detail {
				t.Errorf("detail %q, want %q", end.Detail, tc.detail)
			}
		})
	}
}

func TestCauses(t *testing.T) {
	words := map[string]bool{}
	for _, c := range Causes() {
		if c == None || c.String() == "" || words[c.String()] {
			t.Errorf("cause %d has the word %q", c, c)
		}
		words[c.String()] = true
		if code := c.Code(); code != 0 && !frame.ValidCode(code) {
			t.Errorf("%v has the code %d, which may not be sent", c, code)
		}
	}
	if c := Cause(200); c.String() != "invalid" || c.Code() != 0 {
		t.Errorf("a cause that is none: %q, %d", c, c.Code())
	}
}
