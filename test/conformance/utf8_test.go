package conformance

import (
	"fmt"
	"testing"

	. "switchyard.dev/test/gatewaytest"
)

var validText = []string{
	"", "plain", "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!", "日本語", "🚂 on the switchyard",
	"\x00", "\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\ufeff", "\uffff", "\U00010000", "\U0010ffff",
	"\ufdd0", "\U0001fffe", "e\u0301",
}

// invalidText is bytes that are UTF-8 up to the last one, or stop too early.
var invalidText = []string{
	// continuation bytes alone
	"\x80", "\xbf", "\x80\xbf", "abc\x80",
	// characters that are not finished
	"\xc2a", "\xe2\x82a", "\xe2a", "\xf0\x9f\x9aa", "\xf0\x9fa", "\xf0a", "\xc3\xc3\xa4", "\xe2\x82\xe2\x82\xac",
	// overlong forms
	"\xc0\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
	// surrogates
	"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xbf\xbf", "\xed\xa0\x80\xed\xb0\x80",
	// beyond U+10FFFF
	"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff", "\xfe\xff",
	// behind good text
	"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited", "0123456789abcdef\xff", "0123456789abcde\xc0\xaf0123456789",
}

// unfinishedText could go on, so only its end breaks it.
var unfinishedText = []string{"\xc3", "\xe2", "\xe2\x82", "\xf0", "\xf0\x9f", "\xf0\x9f\x9a", "01234567\xe2\x82", "\xf4\x8f\xbf"}

func TestValidUTF8(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		c := r.Open(t, via, echoPath)
		for _, text := range validText {
			t.Run(fmt.Sprintf("8.1 %+q in one frame", text), func(t *testing.T) {
				c.Send(Text(text))
				c.WantData(OpBinary, []byte(text))
			})
			t.Run(fmt.Sprintf("8.1 %+q split inside its characters", text), func(t *testing.T) {
				c.Send(bytewise(text)...)
				c.WantData(OpBinary, []byte(text))
			})
			t.Run(fmt.Sprintf("8.1 %+q with pings inside its characters", text), func(t *testing.T) {
				c := r.Open(t, via, sinkPath)
				for _, f := range bytewise(text) {
					c.Send(f, Ping([]byte("in between")))
					c.Want(Pong([]byte("in between")))
				}
				c.Bye()
			})
		}
		t.Run("5.6 binary messages may be any bytes", func(t *testing.T) {
			for _, bytes := range append(invalidText, unfinishedText...) {
				c.Send(Binary([]byte(bytes)))
				c.WantData(OpBinary, []byte(bytes))
			}
		})
		c.Bye()
	})
}

// bytewise is one text message with a fragment a byte.
func bytewise(text string) []Frame {
	frames := []Frame{Text("").Part()}
	for i := range len(text) {
		frames = append(frames, Continuation([]byte(text[i:i+1])).Part())
	}
	return append(frames, Continuation(nil))
}

func TestInvalidUTF8(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		for _, text := range invalidText {
			for how, frames := range map[string][]Frame{
				"in one frame":                       {Text(text)},
				"a fragment a byte":                  bytewise(text),
				"in a message that goes on":          {Text(text).Part()},
				"in a later message":                 {Text("good"), Binary([]byte("\xff")), Text(text)},
				"in a frame whose rest has not come": {Text(text).Claiming(1 << 20)},
			} {
				t.Run(fmt.Sprintf("8.1 %+q %s is refused with 1007", text, how), func(t *testing.T) {
					c := r.Open(t, via, sinkPath)
					c.Send(frames...)
					wantFailed(t, c, 1007, "invalid_utf8")
				})
			}
		}
		for _, text := range unfinishedText {
			for how, frames := range map[string][]Frame{
				"at the end of a frame":           {Text(text)},
				"at the end of the last fragment": {Text("a").Part(), Continuation([]byte(text))},
				"ended by an empty fragment":      {Text(text).Part(), Continuation(nil)},
			} {
				t.Run(fmt.Sprintf("8.1 %+q %s is refused with 1007", text, how), func(t *testing.T) {
					c := r.Open(t, via, sinkPath)
					c.Send(frames...)
					wantFailed(t, c, 1007, "invalid_utf8")
				})
			}
		}
	})
}
