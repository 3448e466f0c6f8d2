package conformance

import (
	"fmt"
	"strings"
	"testing"

	. "switchyard.dev/test/gatewaytest"
)

func TestCloseByTheClient(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		for _, code := range []uint16{
			1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
			3000, 3001, 3999, 4000, 4001, 4999,
		} {
			t.Run(fmt.Sprintf("7.4 code %d is echoed", code), func(t *testing.T) {
				c := r.Open(t, via, sinkPath)
				c.Send(Close(code, "why not"))
				c.WantClose(code, "")
				c.WantEnd()
			})
		}
		for _, code := range []uint16{
			0, 1, 500, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 5001, 10000, 65535,
		} {
			t.Run(fmt.Sprintf("7.4 code %d is refused with 1002", code), func(t *testing.T) {
				c := r.Open(t, via, sinkPath)
				c.Send(Close(code, ""))
				wantFailed(t, c, 1002, "protocol_error")
			})
		}
		t.Run("5.5.1 a close without payload is echoed without payload", func(t *testing.T) {
			c := r.Open(t, via, sinkPath)
			c.Send(CloseRaw(nil))
			c.WantClose(0, "")
			c.WantEnd()
		})
		t.Run("5.5.1 a reason of 123 bytes is allowed", func(t *testing.T) {
			c := r.Open(t, via, sinkPath)
			c.Send(Close(1000, strings.Repeat("ö", 61)+"."))
			c.WantClose(1000, "")
			c.WantEnd()
		})
		for _, bad := range []string{"\x80", "bye \xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf"} {
			t.Run(fmt.Sprintf("5.5.1 the reason %+q is refused with 1007", bad), func(t *testing.T) {
				c := r.Open(t, via, sinkPath)
				c.Send(Close(1000, bad))
				wantFailed(t, c, 1007, "invalid_utf8")
			})
		}
	})
}

func TestNothingAfterClose(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		for name, behind := range map[string]Frame{
			"data":           Binary([]byte("too late")),
			"a ping":         Ping([]byte("too late")),
			"another close":  Close(1001, ""),
			"a broken frame": Text("x").Unmasked(),
		} {
			t.Run("5.5.1 "+name+" after the client's close is ignored", func(t *testing.T) {
				c, s := r.pair(t, via)
				c.Send(Binary([]byte("last")), Close(1000, ""), behind)
				s.Want([]byte("last"))
				s.WantEOF()
				_ = s.Close()
				c.WantClose(1000, "")
				c.WantEnd()
			})
		}
		t.Run("7.1.1 closes that cross end the session", func(t *testing.T) {
			c, s := r.pair(t, via)
			_ = s.Close()
			c.Send(Close(3000, ""))
			if f := c.Next(); !f.Equal(Close(3000, "")) && !f.Equal(Close(1000, "backend_eof")) {
				t.Errorf("read %v", f)
			}
			c.WantEnd()
		})
		t.Run("5.5.1 the client may still send data until its own close", func(t *testing.T) {
			c, s := r.pair(t, via)
			s.Finish()
			c.WantClose(1000, "backend_eof")
			c.Send(Binary([]byte("on its way")), Ping([]byte("no answer is due")), Close(1000, ""))
			c.WantEnd()
			s.WantCut()
		})
	})
}
