package conformance

import (
	"encoding/binary"
	"fmt"
	"testing"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// Every rule of section 5 that a client can break is answered with 1002, the
// cause as the reason, and the end of the connection.
func TestFramesThatBreakARule(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		for name, frames := range brokenFrames() {
			t.Run(name+" is refused with 1002", func(t *testing.T) {
				c := r.Open(t, via, sinkPath)
				c.Send(frames...)
				wantFailed(t, c, 1002, "protocol_error")
			})
		}
	})
}

func brokenFrames() map[string][]Frame {
	hello := []byte("hello")
	broken := map[string][]Frame{
		"5.1 an unmasked text frame from the client":   {Text("hello").Unmasked()},
		"5.1 an unmasked binary frame from the client": {Binary(hello).Unmasked()},
		"5.1 an unmasked ping":                         {Ping(hello).Unmasked()},
		"5.1 an unmasked close":                        {Close(1000, "").Unmasked()},
		"5.1 an unmasked empty frame":                  {Text("").Unmasked()},
		"5.1 an unmasked continuation":                 {Text("hel").Part(), Continuation([]byte("lo")).Unmasked()},
		"5.2 an unmasked frame after good ones":        {Text("a"), Text("b"), Text("c").Unmasked()},

		"5.2 length 5 in 16 bits":     {Text("hello").WithWidth(Bits16)},
		"5.2 length 125 in 16 bits":   {Binary(pattern(125)).WithWidth(Bits16)},
		"5.2 length 0 in 64 bits":     {Text("").WithWidth(Bits64)},
		"5.2 length 126 in 64 bits":   {Binary(pattern(126)).WithWidth(Bits64)},
		"5.2 length 65535 in 64 bits": {Binary(pattern(65535)).WithWidth(Bits64)},
		"5.2 a length of 2^63":        {Binary(nil).Claiming(1 << 63)},
		"5.2 a length of 2^64-1":      {Binary(nil).Claiming(1<<64 - 1)},

		"5.4 a continuation of nothing":             {Continuation(hello)},
		"5.4 a first fragment that continues":       {Continuation(hello).Part()},
		"5.4 a continuation after the last one":     {Text("a").Part(), Continuation([]byte("b")), Continuation([]byte("c"))},
		"5.4 a text frame in a fragmented message":  {Text("a").Part(), Text("b")},
		"5.4 a binary frame in a text message":      {Text("a").Part(), Binary([]byte("b"))},
		"5.4 a new first fragment before the last":  {Binary(hello).Part(), Binary(hello).Part()},
		"5.4 a continuation after a pong, no start": {Pong(nil), Continuation(nil)},

		"5.5 a fragmented ping":            {Ping(hello).Part()},
		"5.5 a fragmented pong":            {Pong(hello).Part()},
		"5.5 a fragmented close":           {Close(1000, "").Part()},
		"5.5 a ping of 126 bytes":          {Ping(pattern(126))},
		"5.5 a pong of 126 bytes":          {Pong(pattern(126))},
		"5.5 a close of 126 bytes":         {Close(1000, string(make([]byte, 124)))},
		"5.5 a ping of 65536 bytes":        {Ping(pattern(65536))},
		"5.5 a ping with 5 in 16 bits":     {Ping(hello).WithWidth(Bits16)},
		"5.5.1 a close payload of 1 byte":  {CloseRaw([]byte{3})},
		"5.4 a fragmented ping in message": {Text("a").Part(), Ping(nil).Part()},
	}
	for bits := byte(1); bits < 8; bits++ {
		broken[fmt.Sprintf("5.2 reserved bits %03b on a text frame", bits)] = []Frame{Text("hello").WithRSV(bits)}
	}
	for _, bit := range []byte{1, 2, 4} {
		broken[fmt.Sprintf("5.2 reserved bit %03b on a ping", bit)] = []Frame{Ping(hello).WithRSV(bit)}
		broken[fmt.Sprintf("5.2 reserved bit %03b on a close", bit)] = []Frame{Close(1000, "").WithRSV(bit)}
		broken[fmt.Sprintf("5.2 reserved bit %03b on a continuation", bit)] = []Frame{Text("a").Part(), Continuation(hello).WithRSV(bit)}
	}
	for _, op := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		reserved := Binary(hello)
		reserved.Op = op
		broken[fmt.Sprintf("5.2 reserved opcode %#x", op)] = []Frame{reserved}
		broken[fmt.Sprintf("5.2 reserved opcode %#x inside a message", op)] = []Frame{Binary(hello).Part(), reserved}
		reserved.Payload = nil
		broken[fmt.Sprintf("5.2 reserved opcode %#x without payload", op)] = []Frame{reserved}
	}
	return broken
}

// What follows a broken frame is not looked at, and a broken header is refused
// before its payload is there.
func TestBrokenFrameIsRefusedAtOnce(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		t.Run("7.1.7 nothing behind the broken frame is processed", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Send(Binary([]byte("before")))
			s.Want([]byte("before"))
			c.Send(Binary([]byte("x")).WithRSV(4), Binary([]byte("behind")), Close(1000, ""))
			c.WantClose(1002, "protocol_error")
			c.WantEnd()
			s.WantEOF()
		})
		t.Run("7.1.7 a header is refused before its payload comes", func(t *testing.T) {
			c := r.Open(t, via, sinkPath)
			c.Send(Binary(nil).WithRSV(1).Claiming(1 << 20))
			wantFailed(t, c, 1002, "protocol_error")
		})
		t.Run("7.1.7 much behind the broken frame does not lose the Close", func(t *testing.T) {
			c := r.Open(t, via, sinkPath)
			c.Send(Continuation(nil), Binary(pattern(64<<10)))
			wantFailed(t, c, 1002, "protocol_error")
		})
	})
}

// A client that answers the Close of a failed session is not kept waiting.
func TestAnswerToAFailure(t *testing.T) {
	r := setUpWith(t, Options{}, &config.Policy{MaxMessageBytes: 100, CloseTimeout: after(Patience)})
	over(t, func(t *testing.T, via Transport) {
		for name, tc := range map[string]struct {
			frame  Frame
			code   uint16
			reason string
		}{
			"7.1.1 1002": {Continuation(nil), 1002, "protocol_error"},
			"7.1.1 1007": {Text("\xff and more"), 1007, "invalid_utf8"},
			"7.1.1 1009": {Binary(pattern(101)), 1009, "message_too_big"},
		} {
			t.Run(name, func(t *testing.T) {
				c, s := r.pair(t, via)
				c.Send(tc.frame)
				c.WantClose(tc.code, tc.reason)
				c.Send(Close(tc.code, ""))
				c.WantEnd()
				s.WantCut()
			})
		}
	})
}

func TestMasking(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		c := r.Open(t, via, echoPath)
		for _, key := range [][4]byte{{}, {0xff, 0xff, 0xff, 0xff}, {1, 0, 0, 0}, {0, 0, 0, 0x80}, {0x37, 0xfa, 0x21, 0x3d}} {
			for _, size := range []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 127, 1000, 4097} {
				t.Run(fmt.Sprintf("5.3 key %x over %d bytes is removed", key, size), func(t *testing.T) {
					p := pattern(size)
					c.Send(Binary(p).WithKey(key))
					c.WantData(OpBinary, p)
				})
			}
		}
		t.Run("5.3 each frame has a key of its own", func(t *testing.T) {
			p := pattern(30)
			c.Send(
				Binary(p[:11]).Part().WithKey([4]byte{1, 2, 3, 4}),
				Continuation(p[11:18]).Part().WithKey([4]byte{5, 6, 7, 8}),
				Continuation(p[18:]).WithKey([4]byte{9, 10, 11, 12}),
			)
			c.WantData(OpBinary, p)
		})
		c.Bye()
	})
}

func TestLengths(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		c, s := r.pair(t, via)
		for _, size := range []int{0, 1, 125, 126, 127, 128, 65535, 65536, 65537} {
			t.Run(fmt.Sprintf("5.2 a frame of %d bytes arrives", size), func(t *testing.T) {
				// The end marker proves that an empty frame is no more than empty.
				p := append(pattern(size), "|"...)
				c.Send(Binary(p[:size]), Binary(p[size:]))
				s.Want(p)
			})
			t.Run(fmt.Sprintf("5.2 %d bytes of the service arrive in well-formed frames", size), func(t *testing.T) {
				p := pattern(size)
				s.Send(p)
				c.WantData(OpBinary, p)
			})
		}
	})
}

func TestFragmentation(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		for name, frames := range map[string][]Frame{
			"two fragments are one message":          {Text("hel").Part(), Continuation([]byte("lo"))},
			"many fragments are one message":         {Text("h").Part(), Continuation([]byte("e")).Part(), Continuation([]byte("l")).Part(), Continuation([]byte("l")).Part(), Continuation([]byte("o"))},
			"empty fragments are allowed":            {Text("").Part(), Continuation(nil).Part(), Continuation([]byte("hello")).Part(), Continuation(nil)},
			"binary messages may be fragmented":      {Binary([]byte("hel")).Part(), Continuation([]byte("lo"))},
			"a pong may come between fragments":      {Text("hel").Part(), Pong([]byte("x")), Continuation([]byte("lo"))},
			"messages may follow each other":         {Text("h").Part(), Continuation([]byte("e")), Binary([]byte("ll")), Text("").Part(), Continuation([]byte("o"))},
			"an empty fragmented message is a no-op": {Text("").Part(), Continuation(nil), Text("hello")},
		} {
			t.Run("5.4 "+name, func(t *testing.T) {
				c := r.Open(t, via, echoPath)
				c.Send(frames...)
				c.WantData(OpBinary, []byte("hello"))
				c.Bye()
			})
		}
		t.Run("5.4 a ping between fragments is answered before the message ends", func(t *testing.T) {
			c := r.Open(t, via, sinkPath)
			c.Send(Text("hel").Part(), Ping([]byte("now")))
			c.Want(Pong([]byte("now")))
			c.Send(Continuation([]byte("l")).Part(), Ping([]byte("again")), Continuation([]byte("o")))
			c.Want(Pong([]byte("again")))
			c.Bye()
		})
		t.Run("5.5.1 a close between fragments closes", func(t *testing.T) {
			c := r.Open(t, via, sinkPath)
			c.Send(Text("hel").Part(), Close(1000, ""))
			c.WantClose(1000, "")
			c.WantEnd()
		})
	})
}

func TestPings(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		c := r.Open(t, via, sinkPath)
		for _, size := range []int{0, 1, 4, 124, 125} {
			t.Run(fmt.Sprintf("5.5.3 a ping of %d bytes is answered with the same bytes", size), func(t *testing.T) {
				p := pattern(size)
				c.Send(Ping(p))
				c.Want(Pong(p))
			})
		}
		t.Run("5.5.3 pings are answered in order, or the last of them is", func(t *testing.T) {
			const pings = 10
			for i := range uint16(pings) {
				c.Send(Ping(binary.BigEndian.AppendUint16(nil, i)))
			}
			for next := uint16(0); next < pings; {
				f := c.Next()
				if f.Op != OpPong || len(f.Payload) != 2 || binary.BigEndian.Uint16(f.Payload) < next {
					t.Fatalf("read %v, want a pong of %d or later", f, next)
				}
				next = binary.BigEndian.Uint16(f.Payload) + 1
			}
		})
		t.Run("5.5.3 an unsolicited pong is not answered", func(t *testing.T) {
			c.Send(Pong([]byte("nobody asked")), Pong(nil), Ping([]byte("I do")))
			c.Want(Pong([]byte("I do")))
		})
		c.Bye()
	})
}
