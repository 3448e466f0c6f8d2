package conformance

import (
	"testing"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

func TestMessagesThatAreTooBig(t *testing.T) {
	const limit = 1000
	r := setUpWith(t, Options{}, &config.Policy{MaxMessageBytes: limit})
	over(t, func(t *testing.T, via Transport) {
		t.Run("messages of exactly the limit pass, one after the other", func(t *testing.T) {
			c := r.Open(t, via, echoPath)
			p := pattern(limit)
			for _, frames := range [][]Frame{{Binary(p)}, cutUp(p, 7), append(cutUp(p, 2)[:1], Ping(p[:125]), Continuation(p[limit/2:]))} {
				c.Send(frames...)
				if len(frames) == 3 {
					wantDataAndPong(t, c, p)
				} else {
					c.WantData(OpBinary, p)
				}
			}
			c.Bye()
		})
		for name, frames := range map[string][]Frame{
			"one byte over in one frame":                  {Binary(pattern(limit + 1))},
			"text over the limit":                         {Text(string(make([]byte, limit+1)))},
			"one byte over in the last fragment":          append(cutUp(pattern(limit), 3)[:2], Continuation(pattern(limit/3+2))),
			"fragments over the limit, message not ended": {Binary(pattern(limit)).Part(), Continuation([]byte("x")).Part()},
			"a header that tells more than the limit":     {Binary(nil).Claiming(limit + 1)},
			"a header that tells 2^62":                    {Binary(nil).Claiming(1 << 62)},
			"a later fragment's header that tells more":   {Binary(pattern(limit - 1)).Part(), Continuation(nil).Claiming(2)},
			"a header that tells 2^63-1 in a fragment":    {Binary(pattern(limit)).Part(), Continuation(nil).Claiming(1<<63 - 1)},
		} {
			t.Run("7.4.1 "+name+" is refused with 1009", func(t *testing.T) {
				c := r.Open(t, via, sinkPath)
				c.Send(frames...)
				wantFailed(t, c, 1009, "message_too_big")
			})
		}
	})
}

func wantDataAndPong(t *testing.T, c *Client, data []byte) {
	t.Helper()
	pongs, read := 0, 0
	for pongs == 0 || read < len(data) {
		if f := c.Next(); f.Op == OpPong {
			pongs++
		} else {
			read += len(f.Payload)
		}
	}
}
