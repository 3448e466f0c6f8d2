package session

import (
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/frame"
)

func TestControlFrames(t *testing.T) {
	for name, play := range map[string]func(tc *testConn){
		"a ping is answered with its payload": func(tc *testConn) {
			tc.client(ping("hello"))
			tc.want(`client pong "hello"`)
		},
		"an empty ping": func(tc *testConn) {
			tc.client(ping(""))
			tc.want(`client pong ""`)
		},
		"the longest ping, byte by byte": func(tc *testConn) {
			p := strings.Repeat("x", frame.MaxControl)
			tc.clientByByte(ping(p), ping(p))
			tc.want(`client pong "`+p+`"`, `client pong "`+p+`"`)
		},
		"of several pings in one buffer the last one is answered": func(tc *testConn) {
			tc.client(ping("1"), ping("22"), ping("3"))
			tc.want(`client pong "3"`)
		},
		"a pong is nothing": func(tc *testConn) {
			tc.client(pong(""), pong("unasked"))
			tc.clientByByte(pong("unasked"))
			tc.want()
		},
		"control frames between fragments": func(tc *testConn) {
			tc.client(more(frame.Text, "a\xc3"), ping("x"), more(frame.Continuation, ""), pong(""), last("\xb1b"))
			tc.want(`service "añb"`, `client pong "x"`)
			if n := tc.s.Stats().MessagesIn; n != 1 {
				tc.t.Errorf("%d messages, want 1", n)
			}
		},
		"control frames between fragments, byte by byte": func(tc *testConn) {
			tc.clientByByte(more(frame.Text, "a"), ping("xy"), last("b"))
			tc.want(`service "a"`, `client pong "xy"`, `service "b"`)
		},
		"Close between fragments": func(tc *testConn) {
			tc.client(more(frame.Text, "a"), closing(1000, ""))
			tc.serviceEOF()
			tc.want(`service "a"`, "shut service", "client close 1000 ", "done")
		},
		"Close byte by byte": func(tc *testConn) {
			tc.clientByByte(closing(1001, "going away"))
			tc.serviceEOF()
			tc.want("shut service", "client close 1001 ", "done")
		},
		"a pong goes out before the Close that was decided behind its ping": func(tc *testConn) {
			tc.clientStalled = true
			tc.client(ping("x"))
			tc.serviceEOF()
			tc.clientStalled = false
			tc.perform(ControlFrames)
			tc.want(`client pong "x"`, "client close 1000 backend_eof")
		},
		"a ping behind our Close is not answered": func(tc *testConn) {
			tc.serviceEOF()
			tc.client(ping("x"))
			tc.want("client close 1000 backend_eof")
		},
		"everything at once fits into MaxControl": func(tc *testConn) {
			tc.clientStalled = true
			tc.s.ctl = control{pingDue: true, finDue: true}
			tc.client(ping(strings.Repeat("x", frame.MaxControl)))
			tc.close(Drain)
			tc.s.ctl.pingDue = true
			if n := len(tc.s.TakeControl(nil)); n > MaxControl {
				tc.t.Errorf("%d bytes, more than %d", n, MaxControl)
			}
		},
		"nothing is taken twice": func(tc *testConn) {
			tc.client(ping("x"))
			tc.close(Drain)
			if b := tc.s.TakeControl(nil); len(b) > 0 {
				tc.t.Errorf("% x", b)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { play(begin(t)) })
	}
}

func TestKeepalive(t *testing.T) {
	for name, play := range map[string]func(tc *testConn){
		"a silent client is pinged, and its answer counts": func(tc *testConn) {
			tc.advance(25*time.Second - 1)
			tc.want()
			tc.advance(1)
			tc.want(`client ping ""`)
			tc.advance(20*time.Second - 1)
			tc.client(pong(""))
			tc.advance(25*time.Second - 1)
			tc.want()
			tc.advance(1)
			tc.want(`client ping ""`)
		},
		"any byte is an answer": func(tc *testConn) {
			tc.advance(25 * time.Second)
			tc.want(`client ping ""`)
			tc.client(pong("")[:1])
			tc.advance(25 * time.Second)
			tc.want(`client ping ""`)
		},
		"a client that talks is not pinged": func(tc *testConn) {
			for range 10 {
				tc.advance(20 * time.Second)
				tc.client(bin(""))
			}
			tc.want()
		},
		"a client that only listens is pinged": func(tc *testConn) {
			tc.advance(24 * time.Second)
			tc.service("x")
			tc.advance(time.Second)
			tc.want(`client binary "x"`, `client ping ""`)
		},
		"a ping that is not answered: 1001": func(tc *testConn) {
			tc.advance(45 * time.Second)
			tc.want(`client ping ""`, "client close 1001 ping_timeout", "close service")
			tc.client(closing(1001, ""))
			tc.want("done")
			tc.wantEnd(PingTimeout, 1001)
		},
		"a ping that is not answered, nor the Close": func(tc *testConn) {
			tc.advance(55 * time.Second)
			tc.want(`client ping ""`, "client close 1001 ping_timeout", "close service", "done")
			tc.wantEnd(PingTimeout, 1001)
		},
		"while a write to the service goes on the client's silence proves nothing": func(tc *testConn) {
			tc.with(func(c *Config) { c.Write = 0 })
			tc.serviceStalled = true
			tc.client(bin("x"))
			tc.advance(10 * time.Minute)
			tc.want(`service "x"`)
			tc.s.WroteService(tc.now)
			tc.advance(25*time.Second - 1)
			tc.want()
			tc.advance(1)
			tc.want(`client ping ""`)
		},
		"a write to the service that begins behind a ping": func(tc *testConn) {
			tc.advance(25 * time.Second)
			tc.serviceStalled = true
			tc.client(bin("x"))
			tc.advance(30 * time.Second)
			tc.want(`client ping ""`, `service "x"`)
			tc.s.WroteService(tc.now)
			tc.advance(20 * time.Second)
			tc.want()
		},
		"a ping that cannot be written yet is not waited for": func(tc *testConn) {
			tc.clientStalled = true
			tc.service("slow")
			tc.advance(50 * time.Second)
			tc.want(`client binary "slow"`)
			tc.s.WroteClient()
			tc.clientStalled = false
			tc.perform(ControlFrames)
			tc.want(`client ping ""`)
			tc.advance(20*time.Second - 1)
			tc.want()
			tc.advance(1)
			tc.want("client close 1001 ping_timeout", "close service")
		},
		"an answer may come before the ping is known to be written": func(tc *testConn) {
			tc.clientStalled = true
			tc.advance(25 * time.Second)
			tc.s.TakeControl(nil)
			tc.client(pong(""))
			tc.perform(tc.s.ControlWritten(tc.now))
			tc.clientStalled = false
			tc.advance(25*time.Second - 1)
			tc.want()
		},
		"a client heard in time need not be pinged any more": func(tc *testConn) {
			tc.clientStalled = true
			tc.advance(25 * time.Second)
			tc.client(bin("x"))
			tc.clientStalled = false
			tc.perform(ControlFrames)
			tc.want(`service "x"`)
		},
		"no pings where none are wanted": func(tc *testConn) {
			tc.with(func(c *Config) { c.Ping = 0 })
			tc.advance(50 * time.Minute)
			tc.want()
		},
		"pings without a limit for the answer": func(tc *testConn) {
			tc.with(func(c *Config) { c.Pong = 0 })
			tc.advance(50 * time.Minute)
			tc.want(`client ping ""`)
		},
		"no pings once the end has begun": func(tc *testConn) {
			tc.with(func(c *Config) { c.Close = time.Minute })
			tc.close(Drain)
			tc.advance(50 * time.Second)
			tc.want("client close 1001 drain")
		},
	} {
		t.Run(name, func(t *testing.T) { play(begin(t)) })
	}
}
