package session

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// testConfig has round times that differ from each other.
var testConfig = Config{
	Ping:  25 * time.Second,
	Pong:  20 * time.Second,
	Idle:  time.Hour,
	Write: time.Minute,
	Close: 10 * time.Second,
}

// testConn is a session with a driver that does at once what it is told, on
// virtual time. What the client and the service see is a transcript, a line
// for each thing; want compares it.
type testConn struct {
	t   testing.TB
	s   *Session
	now time.Duration
	got []string
	// toClient and toService are the bytes of all writes.
	toClient, toService []byte

	// The writes to a side fail, or never end.
	clientBroken, serviceBroken   bool
	clientStalled, serviceStalled bool
	over                          bool
}

// begin starts a session with testConfig.
func begin(t testing.TB) *testConn {
	tc := &testConn{t: t, now: 1000 * time.Second}
	tc.with()
	return tc
}

func begun(cfg *Config, now time.Duration) *Session {
	s := new(Session)
	s.Init(cfg, now)
	return s
}

// with starts it again, with a configuration that is changed.
func (tc *testConn) with(changes ...func(*Config)) {
	cfg := testConfig
	for _, change := range changes {
		change(&cfg)
	}
	tc.s = begun(&cfg, tc.now)
}

func kind(k framing.Kind) func(*Config) { return func(c *Config) { c.Framing = k } }
func asText(c *Config)                  { c.Text = true }
func maxMessage(n uint64) func(*Config) { return func(c *Config) { c.MaxMessage = n } }

// client sends frames, all in one buffer.
func (tc *testConn) client(frames ...[]byte) {
	buf := append(make([]byte, Headroom), bytes.Join(frames, nil)...)
	for r := Headroom; r < len(buf); {
		out, next, do := tc.s.FromClient(tc.now, buf, r)
		if next <= r {
			tc.t.Fatalf("FromClient took nothing at %d of %d", r, len(buf))
		}
		r = next
		tc.writeService(out)
		tc.perform(do)
	}
}

// clientByByte is client with a buffer for each byte.
func (tc *testConn) clientByByte(frames ...[]byte) {
	for _, b := range bytes.Join(frames, nil) {
		tc.client([]byte{b})
	}
}

// service sends bytes, each part in a buffer of its own.
func (tc *testConn) service(parts ...string) {
	for _, p := range parts {
		buf := append(make([]byte, Headroom), p...)
		for r := Headroom; r < len(buf); {
			out, next, do := tc.s.FromService(tc.now, buf, r)
			if next <= r {
				tc.t.Fatalf("FromService took nothing at %d of %d", r, len(buf))
			}
			r = next
			tc.writeClient(out)
			tc.perform(do)
		}
	}
}

func (tc *testConn) clientEOF()  { tc.perform(tc.s.ClientEnded(tc.now)) }
func (tc *testConn) serviceEOF() { tc.perform(tc.s.ServiceEOF(tc.now)) }
func (tc *testConn) serviceReset() {
	tc.perform(tc.s.ServiceFailed(tc.now, "connection reset by peer"))
}
func (tc *testConn) close(c Cause)          { tc.perform(tc.s.Close(tc.now, c)) }
func (tc *testConn) abort(c Cause)          { tc.perform(tc.s.Abort(tc.now, c)) }
func (tc *testConn) log(f string, a ...any) { tc.got = append(tc.got, fmt.Sprintf(f, a...)) }

func (tc *testConn) writeService(p []byte) {
	switch {
	case len(p) == 0:
	case tc.serviceBroken:
		tc.perform(tc.s.ServiceBroken(tc.now))
	default:
		tc.s.WritingService(tc.now)
		tc.log("service %q", p)
		tc.toService = append(tc.toService, p...)
		if !tc.serviceStalled {
			tc.s.WroteService(tc.now)
		}
	}
}

// writeClient reports whether the write has ended well.
func (tc *testConn) writeClient(p []byte) bool {
	switch {
	case len(p) == 0:
	case tc.clientBroken:
		if tc.s.end.clientBroken {
			tc.t.Fatalf("bytes for a client that is broken: % x", p)
		}
		tc.perform(tc.s.ClientBroken(tc.now))
		return false
	default:
		tc.s.WritingClient(tc.now)
		tc.toClient = append(tc.toClient, p...)
		tc.logFrames(p)
		if tc.clientStalled {
			return false
		}
		tc.s.WroteClient()
	}
	return true
}

// logFrames logs what a client reads in p, which must be whole frames.
func (tc *testConn) logFrames(p []byte) {
	for len(p) > 0 {
		h, n, err := frame.Parse(p)
		if err != nil || n == 0 || uint64(len(p)-n) < h.Length {
			tc.t.Fatalf("no whole frame goes to the client: % x, %v", p, err)
		}
		payload := p[n : n+int(h.Length)]
		p = p[n+int(h.Length):]
		name := map[frame.Opcode]string{
			frame.Continuation: "continuation", frame.Text: "text", frame.Binary: "binary",
			frame.Close: "close", frame.Ping: "ping", frame.Pong: "pong",
		}[h.Opcode]
		if !h.Fin {
			name += "+"
		}
		if h.Opcode == frame.Close {
			code, reason, err := frame.ParseClose(payload)
			if err != nil {
				tc.t.Fatalf("a Close frame of %q: %v", payload, err)
			}
			tc.log("client %s %d %s", name, code, reason)
			continue
		}
		tc.log("client %s %q", name, payload)
	}
}

var actionNames = []struct {
	do   Action
	name string
}{
	{ShutService, "shut service"},
	{CloseService, "close service"},
	{ShutClient, "shut client"},
	{CloseClient, "close client"},
	{Done, "done"},
}

// perform does what the session asks for, in the order that Action states.
func (tc *testConn) perform(do Action) {
	if do&ControlFrames != 0 && !tc.clientStalled {
		if tc.writeClient(tc.s.TakeControl(nil)) {
			do |= tc.s.ControlWritten(tc.now)
		}
	}
	for _, a := range actionNames {
		if do&a.do == 0 || a.do == Done && tc.over {
			continue
		}
		tc.log("%s", a.name)
		tc.over = tc.over || a.do == Done
	}
}

// advance lets time pass; Tick is called when the session has asked for it.
func (tc *testConn) advance(d time.Duration) {
	end := tc.now + d
	for !tc.over {
		at := tc.s.Deadline(tc.now)
		if at == 0 || at > end {
			break
		}
		if at < tc.now {
			tc.t.Fatalf("the deadline %v is over at %v", at, tc.now)
		}
		tc.now = at
		tc.perform(tc.s.Tick(tc.now))
		if next := tc.s.Deadline(tc.now); next == at {
			tc.t.Fatalf("a Tick at %v asks for the same again", at)
		}
	}
	tc.now = end
}

// want compares what happened since the last want.
func (tc *testConn) want(lines ...string) {
	tc.t.Helper()
	if !slices.Equal(tc.got, lines) {
		tc.t.Fatalf("got:\n\t%s\nwant:\n\t%s", strings.Join(tc.got, "\n\t"), strings.Join(lines, "\n\t"))
	}
	tc.got = nil
}

// wantEnd says that the session is over, and how.
func (tc *testConn) wantEnd(c Cause, code uint16) {
	tc.t.Helper()
	if len(tc.got) > 0 {
		tc.want()
	}
	if !tc.over {
		tc.t.Fatalf("the session is not over; so far %+v", tc.s.End())
	}
	if end := tc.s.End(); end.Cause != c || end.Code != code {
		tc.t.Fatalf("ended with %v %d, want %v %d", end.Cause, end.Code, c, code)
	}
}

// The frames of a client, masked.

func masked(h frame.Header, payload string) []byte {
	h.Masked, h.Key, h.Length = true, [4]byte{0x37, 0xfa, 0x21, 0x3d}, uint64(len(payload))
	b := h.Append(nil)
	p := []byte(payload)
	frame.Mask(p, h.Key, 0)
	return append(b, p...)
}

func txt(p string) []byte  { return masked(frame.Header{Fin: true, Opcode: frame.Text}, p) }
func bin(p string) []byte  { return masked(frame.Header{Fin: true, Opcode: frame.Binary}, p) }
func ping(p string) []byte { return masked(frame.Header{Fin: true, Opcode: frame.Ping}, p) }
func pong(p string) []byte { return masked(frame.Header{Fin: true, Opcode: frame.Pong}, p) }

// more begins a message or, with frame.Continuation, goes on with it; last ends it.
func more(op frame.Opcode, p string) []byte { return masked(frame.Header{Opcode: op}, p) }
func last(p string) []byte                  { return masked(frame.Header{Fin: true}, p) }

// closing is a Close frame; code 0 is none.
func closing(code uint16, reason string) []byte {
	return masked(frame.Header{Fin: true, Opcode: frame.Close}, string(frame.AppendClose(nil, code, reason)))
}

// badFrame has a reserved opcode.
func badFrame() []byte { return masked(frame.Header{Fin: true, Opcode: 3}, "") }
