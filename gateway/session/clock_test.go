package session

import (
	"testing"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

func TestIdle(t *testing.T) {
	quiet := func(c *Config) { c.Ping = 0 }
	for name, play := range map[string]func(tc *testConn){
		"no data: 1001": func(tc *testConn) {
			tc.with(quiet)
			tc.advance(time.Hour - 1)
			tc.want()
			tc.advance(1)
			tc.want("client close 1001 idle", "close service")
			tc.client(closing(1001, ""))
			tc.want("done")
			tc.wantEnd(Idle, 1001)
		},
		"pings and pongs are no data": func(tc *testConn) {
			tc.with(quiet)
			tc.advance(time.Hour - 1)
			tc.client(ping("x"), pong(""))
			tc.advance(1)
			tc.want(`client pong "x"`, "client close 1001 idle", "close service")
		},
		"data of the client's": func(tc *testConn) {
			tc.with(quiet)
			tc.advance(time.Hour - 1)
			tc.client(bin("x"))
			tc.advance(time.Hour - 1)
			tc.want(`service "x"`)
		},
		"data of the service's": func(tc *testConn) {
			tc.with(quiet)
			tc.advance(time.Hour - 1)
			tc.service("x")
			tc.advance(time.Hour - 1)
			tc.want(`client binary "x"`)
		},
		"data that is held": func(tc *testConn) {
			tc.with(quiet, kind(framing.LengthPrefixed))
			tc.client(more(frame.Binary, "a"))
			tc.advance(50 * time.Minute)
			tc.client(more(frame.Continuation, "b"))
			tc.advance(50 * time.Minute)
			tc.client(last("c"))
			tc.want(`service "\x00\x00\x00\x03abc"`)
		},
		"a part of a prefix": func(tc *testConn) {
			tc.with(quiet, kind(framing.LengthPrefixed))
			tc.advance(50 * time.Minute)
			tc.service("\x00")
			tc.advance(50 * time.Minute)
			tc.want()
		},
		"never": func(tc *testConn) {
			tc.with(quiet, func(c *Config) { c.Idle = 0 })
			tc.advance(1000 * time.Hour)
			tc.want()
		},
	} {
		t.Run(name, func(t *testing.T) { play(begin(t)) })
	}
}

func TestStalls(t *testing.T) {
	for name, play := range map[string]func(tc *testConn){
		"the client takes nothing: it will take no Close either": func(tc *testConn) {
			tc.clientStalled = true
			tc.service("x")
			tc.advance(time.Minute - 1)
			tc.client(pong(""))
			tc.want(`client binary "x"`)
			tc.advance(1)
			tc.want("close service", "done")
			tc.wantEnd(ClientStalled, 1006)
		},
		"the client takes it in time": func(tc *testConn) {
			tc.clientStalled = true
			tc.service("x")
			tc.advance(time.Minute - 1)
			tc.client(pong(""))
			tc.s.WroteClient()
			tc.advance(time.Second)
			tc.want(`client binary "x"`)
		},
		"a driver that sees progress begins the write anew": func(tc *testConn) {
			tc.clientStalled = true
			tc.service("x")
			for range 5 {
				tc.advance(time.Minute - 1)
				tc.s.WritingClient(tc.now)
				tc.client(pong(""))
			}
			tc.want(`client binary "x"`)
		},
		"the service takes nothing: 1014": func(tc *testConn) {
			tc.serviceStalled = true
			tc.client(bin("x"))
			tc.advance(time.Minute - 1)
			tc.want(`service "x"`)
			tc.advance(1)
			tc.want("client close 1014 backend_stalled", "close service")
			tc.client(closing(1014, ""))
			tc.want("done")
			tc.wantEnd(BackendStalled, 1014)
		},
		"the service takes it in time": func(tc *testConn) {
			tc.serviceStalled = true
			tc.client(bin("x"))
			tc.advance(time.Minute - 1)
			tc.s.WroteService(tc.now)
			tc.advance(time.Second)
			tc.want(`service "x"`)
		},
		"a write that begins behind an armed Deadline": func(tc *testConn) {
			tc.with(func(c *Config) { c.Ping, c.Idle = 0, 0 })
			armed := tc.s.Deadline(tc.now)
			tc.s.WritingClient(tc.now + 1)
			if at := tc.now + 1 + time.Minute; armed > at {
				tc.t.Errorf("armed for %v, too late for %v", armed, at)
			}
		},
		"never": func(tc *testConn) {
			tc.with(func(c *Config) { c.Write, c.Ping, c.Idle = 0, 0, 0 })
			tc.clientStalled, tc.serviceStalled = true, true
			tc.service("x")
			tc.client(bin("x"))
			tc.want(`client binary "x"`, `service "x"`)
			tc.advance(1000 * time.Hour)
			tc.want()
		},
	} {
		t.Run(name, func(t *testing.T) { play(begin(t)) })
	}
}

// A broken half waits for the other half to say how it ended.
func TestBrokenWrites(t *testing.T) {
	for name, play := range map[string]func(tc *testConn){
		"to the client, then its end": func(tc *testConn) {
			tc.clientBroken = true
			tc.service("x", "y")
			tc.clientEOF()
			tc.want("shut service", "close client")
			tc.serviceEOF()
			tc.want("done")
			tc.wantEnd(ClientGone, 1006)
		},
		"to the client, then its Close that came before": func(tc *testConn) {
			tc.clientBroken = true
			tc.service("x")
			tc.client(bin("bye"), closing(1001, ""))
			tc.want(`service "bye"`, "shut service")
			tc.serviceEOF()
			tc.want("done")
			tc.wantEnd(ClientClose, 1001)
		},
		"to the client, then nothing": func(tc *testConn) {
			tc.clientBroken = true
			tc.service("x")
			tc.advance(10*time.Second - 1)
			tc.want()
			tc.advance(1)
			tc.want("close service", "done")
			tc.wantEnd(ClientGone, 1006)
		},
		"to the client, then the service's end": func(tc *testConn) {
			tc.clientBroken = true
			tc.service("x")
			tc.serviceEOF()
			tc.want()
			tc.clientEOF()
			tc.want("shut service", "done")
			tc.wantEnd(BackendEOF, 1006)
		},
		"of our Close": func(tc *testConn) {
			tc.clientBroken = true
			tc.serviceEOF()
			tc.client(closing(1000, ""))
			tc.want("shut service", "done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"to the service, then its end: its last bytes arrive": func(tc *testConn) {
			tc.serviceBroken = true
			tc.client(bin("lost"))
			tc.service("error: quit")
			tc.serviceEOF()
			tc.want(`client binary "error: quit"`, "client close 1000 backend_eof")
			tc.client(closing(1000, ""))
			tc.want("done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"to the service, then its reset": func(tc *testConn) {
			tc.serviceBroken = true
			tc.client(bin("lost"), bin("lost"))
			tc.serviceReset()
			tc.client(bin("lost"), closing(1014, ""))
			tc.want("client close 1014 backend_reset", "done")
			tc.wantEnd(BackendReset, 1014)
		},
		"to the service, then nothing": func(tc *testConn) {
			tc.serviceBroken = true
			tc.client(bin("lost"))
			tc.advance(10*time.Second - 1)
			tc.client(txt("\xff is not looked at"))
			tc.want()
			tc.advance(1)
			tc.want("client close 1014 backend_reset", "close service")
			tc.client(closing(1014, ""))
			tc.want("done")
			tc.wantEnd(BackendReset, 1014)
		},
		"to the service behind the client's Close": func(tc *testConn) {
			tc.serviceBroken = true
			tc.client(bin("lost"))
			tc.client(closing(1000, ""))
			tc.want()
			tc.serviceReset()
			tc.want("client close 1000 ", "done")
			tc.wantEnd(ClientClose, 1000)
		},
		"to one after the other: the first bounds the wait": func(tc *testConn) {
			tc.serviceBroken, tc.clientBroken = true, true
			tc.client(bin("lost"))
			tc.advance(6 * time.Second)
			tc.service("lost")
			tc.advance(4 * time.Second)
			tc.want("close service", "done")
			tc.wantEnd(ClientGone, 1006)
		},
		"both": func(tc *testConn) {
			tc.serviceBroken, tc.clientBroken = true, true
			tc.client(bin("lost"))
			tc.service("lost")
			tc.advance(10 * time.Second)
			tc.want("close service", "done")
			tc.wantEnd(ClientGone, 1006)
		},
	} {
		t.Run(name, func(t *testing.T) { play(begin(t)) })
	}
}
