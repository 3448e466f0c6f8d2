package gatewaytest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestReaderHoldsTheServerToItsRules(t *testing.T) {
	for name, tc := range map[string]struct {
		frames []Frame
		broken string
	}{
		"a masked frame":               {[]Frame{Text("a")}, "5.1"},
		"a reserved bit":               {[]Frame{Text("a").Unmasked().WithRSV(4)}, "5.2"},
		"a reserved opcode":            {[]Frame{{Fin: true, Op: 3}}, "5.2"},
		"a reserved control opcode":    {[]Frame{{Fin: true, Op: 0xb}}, "5.2"},
		"a length that is not minimal": {[]Frame{Text("a").Unmasked().WithWidth(Bits16)}, "5.2"},
		"a continuation of nothing":    {[]Frame{Continuation(nil).Unmasked()}, "5.4"},
		"a message inside a message":   {[]Frame{Text("a").Part().Unmasked(), Text("b").Unmasked()}, "5.4"},
		"a fragmented ping":            {[]Frame{Ping(nil).Part().Unmasked()}, "5.5"},
		"a ping of 126 bytes":          {[]Frame{Ping(make([]byte, 126)).Unmasked()}, "5.5"},
		"a frame after the close":      {[]Frame{Close(1000, "").Unmasked(), Ping(nil).Unmasked()}, "5.5.1"},
		"a close of one byte":          {[]Frame{CloseRaw([]byte{1}).Unmasked()}, "5.5.1"},
		"a reason that is not UTF-8":   {[]Frame{Close(1000, "\xff").Unmasked()}, "5.5.1"},
		"a code that is never sent":    {[]Frame{Close(1006, "").Unmasked()}, "7.4"},
		"text that is not UTF-8":       {[]Frame{Text("\xff").Unmasked()}, "8.1"},
		"text that is cut off":         {[]Frame{Text("\xe2").Part().Unmasked(), Continuation([]byte("\x82")).Unmasked()}, "8.1"},
		"an end inside a frame":        {[]Frame{Text("a").Unmasked().Claiming(2)}, "payload"},
		"a whole conversation": {frames: []Frame{
			Text("\xe2").Part().Unmasked(), Ping([]byte("p")).Unmasked(), Continuation([]byte("\x82\xac")).Unmasked(),
			Binary(make([]byte, 126)).Unmasked(), Binary(make([]byte, 65536)).Unmasked(), Close(4000, "bye").Unmasked(),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(bytes.NewReader(Encode(tc.frames...)))
			var err error
			for read := 0; err == nil; read++ {
				var f Frame
				if f, err = r.Next(); err == nil && !f.Equal(tc.frames[read]) {
					t.Fatalf("read %v, want %v", f, tc.frames[read])
				}
			}
			if tc.broken == "" && !errors.Is(err, io.EOF) || !strings.HasPrefix(err.Error(), tc.broken) {
				t.Errorf("got %v, want a violation of %q", err, tc.broken)
			}
		})
	}
}

// TestWireForm compares with the examples of RFC 6455 5.7.
func TestWireForm(t *testing.T) {
	for name, tc := range map[string]struct {
		frame Frame
		want  string
	}{
		"an unmasked text message": {Text("Hello").Unmasked(), "\x81\x05Hello"},
		"a masked text message":    {Text("Hello"), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		"a first fragment":         {Text("Hel").Part().Unmasked(), "\x01\x03Hel"},
		"a last fragment":          {Continuation([]byte("lo")).Unmasked(), "\x80\x02lo"},
		"a ping":                   {Ping([]byte("Hello")).Unmasked(), "\x89\x05Hello"},
		"a masked pong":            {Pong([]byte("Hello")), "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		"256 bytes":                {Binary(make([]byte, 256)).Unmasked(), "\x82\x7e\x01\x00" + strings.Repeat("\x00", 256)},
		"64 KiB":                   {Binary(make([]byte, 65536)).Unmasked(), "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + strings.Repeat("\x00", 65536)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(Encode(tc.frame)); got != tc.want {
				t.Errorf("encoded as %x, want %x", got[:min(len(got), maxPrinted)], tc.want[:min(len(tc.want), maxPrinted)])
			}
		})
	}
}
