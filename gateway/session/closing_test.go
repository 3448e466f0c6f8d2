package session

import (
	"testing"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// The rows of the closing table: what either side sees, and how it is recorded.
func TestClosing(t *testing.T) {
	for name, play := range map[string]func(tc *testConn){
		"the client closes: the service may finish, its last bytes arrive, the echo follows": func(tc *testConn) {
			tc.client(bin("bye"), closing(1000, "done"))
			tc.want(`service "bye"`, "shut service")
			tc.service("last ", "words")
			tc.want(`client binary "last "`, `client binary "words"`)
			tc.serviceEOF()
			tc.want("client close 1000 ", "done")
			tc.wantEnd(ClientClose, 1000)
		},
		"the client closes without a code: so is the echo": func(tc *testConn) {
			tc.client(closing(0, ""))
			tc.serviceEOF()
			tc.want("shut service", "client close 1005 ", "done")
			tc.wantEnd(ClientClose, 1005)
		},
		"the client closes with a code of its own": func(tc *testConn) {
			tc.client(closing(4321, "an application's"))
			tc.serviceEOF()
			tc.want("shut service", "client close 4321 ", "done")
			tc.wantEnd(ClientClose, 4321)
		},
		"the client closes, the service fails: the client is echoed all the same": func(tc *testConn) {
			tc.client(closing(1001, ""))
			tc.serviceReset()
			tc.want("shut service", "client close 1001 ", "done")
			tc.wantEnd(ClientClose, 1001)
		},
		"the client closes, the service goes on for too long": func(tc *testConn) {
			tc.client(closing(1000, ""))
			tc.advance(9 * time.Second)
			tc.service("still here")
			tc.want("shut service", `client binary "still here"`)
			tc.advance(time.Second)
			tc.want("client close 1000 ", "close service", "done")
			tc.wantEnd(ClientClose, 1000)
		},
		"the client closes and ends at once: the service has its time": func(tc *testConn) {
			tc.client(closing(1000, ""))
			tc.clientEOF()
			tc.want("shut service")
			tc.serviceEOF()
			tc.want("client close 1000 ", "done")
			tc.wantEnd(ClientClose, 1000)
		},
		"the client closes and takes no more: the service has its time": func(tc *testConn) {
			tc.client(closing(1000, ""))
			tc.clientBroken = true
			tc.service("late")
			tc.want("shut service")
			tc.serviceEOF()
			tc.want("done")
			tc.wantEnd(ClientClose, 1000)
		},
		"what follows the client's Close is not looked at": func(tc *testConn) {
			tc.client(closing(1000, ""), bin("ghost"), badFrame())
			tc.serviceEOF()
			tc.want("shut service", "client close 1000 ", "done")
			tc.wantEnd(ClientClose, 1000)
		},
		"the client vanishes: the service gets FIN and may finish": func(tc *testConn) {
			tc.client(bin("half a wor"))
			tc.clientEOF()
			tc.want(`service "half a wor"`, "shut service", "close client")
			tc.service("nobody hears this")
			tc.want()
			tc.serviceEOF()
			tc.want("done")
			tc.wantEnd(ClientGone, 1006)
		},
		"the client vanishes, and the service does not mind": func(tc *testConn) {
			tc.clientEOF()
			tc.want("shut service", "close client")
			tc.advance(9 * time.Second)
			tc.want()
			tc.advance(time.Second)
			tc.want("done")
			tc.wantEnd(ClientGone, 1006)
		},
		"the service finishes: 1000, and the client's Close is awaited": func(tc *testConn) {
			tc.service("bye")
			tc.serviceEOF()
			tc.want(`client binary "bye"`, "client close 1000 backend_eof")
			tc.client(closing(1000, ""))
			tc.want("shut service", "done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"the service finishes but still reads: the client's last bytes arrive": func(tc *testConn) {
			tc.serviceEOF()
			tc.client(bin("in flight "), ping("x"))
			tc.client(bin("too"), closing(1000, ""))
			tc.want("client close 1000 backend_eof", `service "in flight "`, `service "too"`, "shut service", "done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"the service finishes, the client does not answer": func(tc *testConn) {
			tc.serviceEOF()
			tc.advance(10 * time.Second)
			tc.want("client close 1000 backend_eof", "done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"the service finishes, the client only ends": func(tc *testConn) {
			tc.serviceEOF()
			tc.clientEOF()
			tc.want("client close 1000 backend_eof", "shut service", "done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"the service finishes inside a line: the line ends too": func(tc *testConn) {
			tc.with(kind(framing.Lines))
			tc.service("one\ntw", "o")
			tc.serviceEOF()
			tc.want(`client binary "one"`, `client binary+ "tw"`, `client continuation+ "o"`,
				`client continuation ""`, "client close 1000 backend_eof")
			if n := tc.s.Stats().MessagesOut; n != 2 {
				tc.t.Errorf("%d messages to the client, want 2", n)
			}
		},
		"the service's end told twice is told once": func(tc *testConn) {
			tc.with(kind(framing.Lines))
			tc.service("one")
			tc.clientStalled = true
			tc.serviceEOF()
			tc.serviceEOF()
			tc.serviceReset()
			tc.clientStalled = false
			tc.perform(ControlFrames)
			tc.client(bin("x"))
			tc.want(`client binary+ "one"`, `client continuation ""`, "client close 1000 backend_eof", `service "x\n"`)
		},
		"the client closes, the service goes on with what cannot be carried": func(tc *testConn) {
			tc.with(asText)
			tc.client(closing(1000, ""))
			tc.service("ok", "\xff")
			tc.want("shut service", `client text "ok"`, "client close 1000 ", "close service", "done")
			tc.wantEnd(ClientClose, 1000)
		},
		"the service fails: 1014": func(tc *testConn) {
			tc.serviceReset()
			tc.want("client close 1014 backend_reset")
			tc.client(bin("nobody takes this"), closing(1014, ""))
			tc.want("done")
			tc.wantEnd(BackendReset, 1014)
		},
		"a bad frame: 1002, and half-close since no reply can be made out": func(tc *testConn) {
			tc.client(bin("ok"), badFrame(), closing(1000, ""))
			tc.want(`service "ok"`, "client close 1002 protocol_error", "close service", "shut client")
			tc.client(bin("not looked at"))
			tc.clientEOF()
			tc.want("done")
			tc.wantEnd(ProtocolError, 1002)
		},
		"a bad frame, and the client does not end": func(tc *testConn) {
			tc.client(badFrame())
			tc.advance(10 * time.Second)
			tc.want("client close 1002 protocol_error", "close service", "shut client", "done")
			tc.wantEnd(ProtocolError, 1002)
		},
		"a bad length": func(tc *testConn) {
			tc.client([]byte{0x82, 0xfe, 0, 1})
			tc.clientEOF()
			tc.want("client close 1002 protocol_error", "close service", "shut client", "done")
			tc.wantEnd(ProtocolError, 1002)
		},
		"a bad Close frame is the client's last word": func(tc *testConn) {
			tc.client(masked(frame.Header{Fin: true, Opcode: frame.Close}, "\x03"))
			tc.want("client close 1002 protocol_error", "close service", "done")
			tc.wantEnd(ProtocolError, 1002)
		},
		"a Close frame whose code may not be sent": func(tc *testConn) {
			tc.client(closing(1005+1, ""))
			tc.want("client close 1002 protocol_error", "close service", "done")
			tc.wantEnd(ProtocolError, 1002)
		},
		"a Close frame whose reason is not UTF-8": func(tc *testConn) {
			tc.client(closing(1000, "\xff"))
			tc.want("client close 1007 invalid_utf8", "close service", "done")
			tc.wantEnd(InvalidUTF8, 1007)
		},
		"bad UTF-8: 1007, and nothing of the client's counts any more": func(tc *testConn) {
			tc.client(txt("ok"), txt("a\xffb"))
			tc.want(`service "ok"`, "client close 1007 invalid_utf8", "close service", "shut client")
			tc.client(txt("more \xff"), more(frame.Binary, "x"), ping("x"), last("y"), closing(1007, ""))
			tc.clientEOF()
			tc.want("done")
			tc.wantEnd(InvalidUTF8, 1007)
		},
		"bad UTF-8 and the Close in one buffer": func(tc *testConn) {
			tc.client(txt("a\xffb"), closing(1000, ""))
			tc.want("client close 1007 invalid_utf8", "close service", "shut client")
			tc.clientEOF()
			tc.want("done")
			tc.wantEnd(InvalidUTF8, 1007)
		},
		"too big: 1009, as soon as the header says so": func(tc *testConn) {
			tc.with(maxMessage(8))
			tc.client(bin("12345678"))
			big := bin("123456789")
			tc.client(big[:7])
			tc.want(`service "12345678"`, "client close 1009 message_too_big", "close service", "shut client")
			tc.client(big[7:], closing(1009, ""))
			tc.clientEOF()
			tc.want("done")
			tc.wantEnd(MessageTooBig, 1009)
		},
		"too big in fragments": func(tc *testConn) {
			tc.with(maxMessage(8))
			tc.client(more(frame.Binary, "1234"), more(frame.Continuation, "5678"), last("9"))
			tc.want(`service "12345678"`, "client close 1009 message_too_big", "close service", "shut client")
			tc.advance(10 * time.Second)
			tc.want("done")
			tc.wantEnd(MessageTooBig, 1009)
		},
		"a drain: 1001; what is in flight from the client arrives, FIN follows": func(tc *testConn) {
			tc.service("before")
			tc.close(Drain)
			tc.want(`client binary "before"`, "client close 1001 drain")
			tc.service("too late for the client")
			tc.client(bin("in flight"), closing(1001, ""))
			tc.want(`service "in flight"`, "shut service", "close client")
			tc.service("and more")
			tc.serviceEOF()
			tc.want("done")
			tc.wantEnd(Drain, 1001)
		},
		"a drain, and nobody answers": func(tc *testConn) {
			tc.close(Drain)
			tc.advance(10 * time.Second)
			tc.want("client close 1001 drain", "done")
			tc.wantEnd(Drain, 1001)
		},
		"a drain crosses the client's Close: the gateway's came first": func(tc *testConn) {
			tc.clientStalled = true
			tc.close(Drain)
			tc.client(closing(1000, ""))
			tc.clientStalled = false
			tc.perform(ControlFrames)
			tc.serviceEOF()
			tc.want("shut service", "client close 1001 drain", "close client", "done")
			tc.wantEnd(Drain, 1001)
		},
		"a drain behind the client's Close: the client's came first": func(tc *testConn) {
			tc.client(closing(1000, ""))
			tc.close(Drain)
			tc.service("last words")
			tc.serviceEOF()
			tc.want("shut service", `client binary "last words"`, "client close 1000 ", "done")
			tc.wantEnd(ClientClose, 1000)
		},
		"the service finishes during a drain": func(tc *testConn) {
			tc.close(Drain)
			tc.serviceEOF()
			tc.client(closing(1001, ""))
			tc.want("client close 1001 drain", "shut service", "done")
			tc.wantEnd(Drain, 1001)
		},
		"a fault of the gateway's: 1011, and no answer is waited for": func(tc *testConn) {
			tc.close(Internal)
			tc.client(closing(1011, ""))
			tc.want("client close 1011 internal", "close service", "shut client")
			tc.clientEOF()
			tc.want("done")
			tc.wantEnd(Internal, 1011)
		},
		"abort: nothing is said": func(tc *testConn) {
			tc.abort(Drain)
			tc.want("done")
			tc.wantEnd(Drain, 1006)
		},
		"abort behind a Close frame": func(tc *testConn) {
			tc.serviceEOF()
			tc.abort(Drain)
			tc.want("client close 1000 backend_eof", "done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"a violation behind our Close: the first cause counts, the Close is not lost": func(tc *testConn) {
			tc.clientStalled = true
			tc.close(Drain)
			tc.client(badFrame())
			tc.want("close service")
			tc.clientStalled = false
			tc.perform(ControlFrames)
			tc.want("client close 1001 drain", "shut client")
			tc.clientEOF()
			tc.want("done")
			tc.wantEnd(Drain, 1001)
		},
		"a bad Close behind our Close is one": func(tc *testConn) {
			tc.serviceEOF()
			tc.client(closing(1006, ""))
			tc.want("client close 1000 backend_eof", "close service", "done")
			tc.wantEnd(BackendEOF, 1000)
		},
		"bad UTF-8 behind our Close": func(tc *testConn) {
			tc.serviceEOF()
			tc.client(txt("\xff"), closing(1000, ""))
			tc.want("client close 1000 backend_eof", "close service", "shut client")
			tc.clientEOF()
			tc.want("done")
			tc.wantEnd(BackendEOF, 1000)
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(begin(t))
		})
	}
}
