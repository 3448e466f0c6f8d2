package conformance

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// Every framing, both ways, with every message type.
func TestFramings(t *testing.T) {
	r := setUp(t)
	for path, route := range map[string]Route{
		"/lines":   {Framing: config.Framing_LINES, MessageType: config.MessageType_TEXT},
		"/length":  {Framing: config.Framing_LENGTH_PREFIXED},
		"/typed":   {Framing: config.Framing_TYPED},
		"/text":    {MessageType: config.MessageType_TEXT},
		"/bytes":   {Framing: config.Framing_LINES},
		"/records": {Framing: config.Framing_LENGTH_PREFIXED, MessageType: config.MessageType_TEXT},
	} {
		route.Path = path
		r.add(route)
	}
	over(t, func(t *testing.T, via Transport) {
		for name, tc := range framings() {
			t.Run(name+": what the service reads", func(t *testing.T) {
				c, s := r.pairAt(t, via, tc.path)
				c.Send(tc.in...)
				s.Want([]byte(tc.service))
				c.Send(Close(1000, ""))
				s.WantEOF()
				_ = s.Close()
				c.WantClose(1000, "")
				c.WantEnd()
			})
			t.Run(name+": what the client reads", func(t *testing.T) {
				c, s := r.pairAt(t, via, tc.path)
				s.Send([]byte(tc.service))
				_ = s.Close()
				for _, m := range tc.out {
					c.WantMessage(m.Op, m.Payload)
				}
				c.WantClose(1000, "backend_eof")
				c.Send(Close(1000, ""))
				c.WantEnd()
			})
			t.Run(name+": what the client reads of small pieces", func(t *testing.T) {
				c, s := r.pairAt(t, via, tc.path)
				// Single bytes, but where there are very many.
				for piece := range slices.Chunk([]byte(tc.service), 1+len(tc.service)/10_000) {
					s.Send(piece)
				}
				_ = s.Close()
				for _, m := range tc.out {
					c.WantMessage(m.Op, m.Payload)
				}
				c.WantClose(1000, "backend_eof")
				c.Send(Close(1000, ""))
				c.WantEnd()
			})
		}
	})
}

type framingCase struct {
	path    string
	in      []Frame
	service string
	out     []Frame
}

// framings are messages of the client, the service's bytes for them, and the
// messages that the client reads where the service sends the same bytes.
func framings() map[string]framingCase {
	long := strings.Repeat("0123456789", 10_000)
	return map[string]framingCase{
		"Lines, one message": {path: "/lines",
			in: []Frame{Text("hello")}, service: "hello\n", out: []Frame{Text("hello")}},
		"Lines, several and empty ones": {path: "/lines",
			in: []Frame{Text("a"), Text(""), Text("grün"), Text("")}, service: "a\n\ngrün\n\n", out: []Frame{Text("a"), Text(""), Text("grün"), Text("")}},
		"Lines, fragments are one line": {path: "/lines",
			in: []Frame{Text("he").Part(), Continuation(nil).Part(), Continuation([]byte("llo")), Text("x")}, service: "hello\nx\n", out: []Frame{Text("hello"), Text("x")}},
		"Lines, a long one": {path: "/lines",
			in: []Frame{Text(long), Text("x")}, service: long + "\nx\n", out: []Frame{Text(long), Text("x")}},
		"Lines as binary": {path: "/bytes",
			in: []Frame{Binary([]byte("\xff")), Text("b")}, service: "\xff\nb\n", out: []Frame{Binary([]byte("\xff")), Binary([]byte("b"))}},
		"LengthPrefixed, several and empty ones": {path: "/length",
			in: []Frame{Binary([]byte("abc")), Binary(nil), Text("d\ne")}, service: prefixed("abc") + prefixed("") + prefixed("d\ne"),
			out: []Frame{Binary([]byte("abc")), Binary(nil), Binary([]byte("d\ne"))}},
		"LengthPrefixed, fragments are one message": {path: "/length",
			in:      []Frame{Binary([]byte("ab")).Part(), Continuation(nil).Part(), Continuation([]byte("c")), Binary(nil).Part(), Continuation(nil)},
			service: prefixed("abc") + prefixed(""), out: []Frame{Binary([]byte("abc")), Binary(nil)}},
		"LengthPrefixed, a long one": {path: "/length",
			in: []Frame{Binary([]byte(long)), Binary([]byte("x"))}, service: prefixed(long) + prefixed("x"), out: []Frame{Binary([]byte(long)), Binary([]byte("x"))}},
		"LengthPrefixed as text": {path: "/records",
			in: []Frame{Text("grün")}, service: prefixed("grün"), out: []Frame{Text("grün")}},
		"Typed, text and binary keep their kinds": {path: "/typed",
			in: []Frame{Text("t"), Binary([]byte{0xff}), Text(""), Binary(nil)}, service: "\x01" + prefixed("t") + "\x02" + prefixed("\xff") + "\x01" + prefixed("") + "\x02" + prefixed(""),
			out: []Frame{Text("t"), Binary([]byte{0xff}), Text(""), Binary(nil)}},
		"Typed, fragments are one message": {path: "/typed",
			in: []Frame{Text("gr\xc3").Part(), Continuation([]byte("\xbcn")), Binary([]byte("x"))}, service: "\x01" + prefixed("grün") + "\x02" + prefixed("x"),
			out: []Frame{Text("grün"), Binary([]byte("x"))}},
		"Typed, a long one": {path: "/typed",
			in: []Frame{Text(long), Binary([]byte(long))}, service: "\x01" + prefixed(long) + "\x02" + prefixed(long), out: []Frame{Text(long), Binary([]byte(long))}},
	}
}

func prefixed(s string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(s)))) + s
}

// A stream as text messages: each ends where a character does.
func TestStreamAsText(t *testing.T) {
	r := setUp(t)
	r.add(Route{Path: "/text", MessageType: config.MessageType_TEXT})
	over(t, func(t *testing.T, via Transport) {
		t.Run("characters that come in pieces stay whole", func(t *testing.T) {
			c, s := r.pairAt(t, via, "/text")
			text := strings.Repeat("grüße, 日本 🚂 ", 100)
			go func() {
				for i := range len(text) {
					_, _ = s.Write([]byte(text[i : i+1]))
				}
				_ = s.Close()
			}()
			c.WantData(OpText, []byte(text))
			c.WantClose(1000, "backend_eof")
			c.Send(Close(1000, ""))
			c.WantEnd()
		})
		t.Run("a large text keeps its characters whole", func(t *testing.T) {
			c, s := r.pairAt(t, via, "/text")
			text := strings.Repeat("日本🚂", 100_000)
			go func() {
				_, _ = s.Write([]byte(text))
				_ = s.Close()
			}()
			c.WantData(OpText, []byte(text))
			c.WantClose(1000, "backend_eof")
			c.Send(Close(1000, ""))
			c.WantEnd()
		})
	})
}

// What a framing cannot carry ends the session with a cause that says whose
// fault it was.
func TestWhatFramingsCannotCarry(t *testing.T) {
	r := setUp(t)
	for path, route := range map[string]Route{
		"/lines":  {Framing: config.Framing_LINES, MessageType: config.MessageType_TEXT},
		"/length": {Framing: config.Framing_LENGTH_PREFIXED},
		"/typed":  {Framing: config.Framing_TYPED},
		"/text":   {MessageType: config.MessageType_TEXT},
		"/small":  {Framing: config.Framing_LENGTH_PREFIXED, Policy: &config.Policy{MaxMessageBytes: 10}},
	} {
		route.Path = path
		r.add(route)
	}
	over(t, func(t *testing.T, via Transport) {
		for name, tc := range map[string]struct {
			path    string
			service string
		}{
			"Stream: text that is not UTF-8":                {"/text", "good \xff"},
			"Stream: text that ends inside a character":     {"/text", "good \xe2\x82"},
			"Lines: text that is not UTF-8":                 {"/lines", "\xc0\xaf\n"},
			"LengthPrefixed: an end inside a length":        {"/length", "\x00\x00"},
			"LengthPrefixed: an end inside a message":       {"/length", "\x00\x00\x00\x05abc"},
			"Typed: a type that is neither text nor binary": {"/typed", "\x03\x00\x00\x00\x00"},
			"Typed: text that is not UTF-8":                 {"/typed", "\x01\x00\x00\x00\x01\xff"},
			"Typed: an end right behind the type":           {"/typed", "\x01"},
		} {
			t.Run(name+" is the service's fault: 1014", func(t *testing.T) {
				c, s := r.pairAt(t, via, tc.path)
				s.Send([]byte(tc.service))
				_ = s.Close()
				f := c.Next()
				for ; f.Op != OpClose; f = c.Next() {
				}
				if !f.Equal(Close(1014, "backend_invalid")) {
					t.Errorf("read %v", f)
				}
				c.Send(Close(1014, ""))
				c.WantEnd()
			})
		}
		for name, tc := range map[string]struct {
			path   string
			frames []Frame
			code   uint16
			reason string
		}{
			"Lines: a message with a line feed":               {"/lines", []Frame{Text("a\nb")}, 1007, "invalid_message"},
			"LengthPrefixed: a message over the limit":        {"/small", []Frame{Binary(pattern(11))}, 1009, "message_too_big"},
			"LengthPrefixed: fragments over the limit":        {"/small", cutUp(pattern(11), 3), 1009, "message_too_big"},
			"LengthPrefixed: fragments over 1 MiB by default": {"/length", cutUp(pattern(1<<20+1), 3), 1009, "message_too_big"},
		} {
			t.Run(name+" is the client's fault", func(t *testing.T) {
				c, _ := r.pairAt(t, via, tc.path)
				c.Send(tc.frames...)
				wantFailed(t, c, tc.code, tc.reason)
			})
		}
		t.Run("Lines: the last line need not be ended", func(t *testing.T) {
			c, s := r.pairAt(t, via, "/lines")
			s.Send([]byte("one\ntwo"))
			_ = s.Close()
			c.WantMessage(OpText, []byte("one"))
			c.WantMessage(OpText, []byte("two"))
			c.WantClose(1000, "backend_eof")
			c.Send(Close(1000, ""))
			c.WantEnd()
		})
	})
}
