package session

import (
	"time"

	"switchyard.dev/gateway/framing"
)

// Headroom is how many free bytes must lie before the input in the buffers of
// FromClient and FromService: the output is made in place and may begin there.
const Headroom = framing.Headroom

// Config is what holds for the sessions of one route. Sessions share it; it
// does not change while one of them lives. A zero duration is never, but for
// Close, which must be set.
type Config struct {
	Framing framing.Kind
	// Text: the client receives text messages, else binary ones.
	Text bool
	// MaxMessage is the longest payload of a client's message in bytes; zero is
	// no limit, or framing.DefaultMaxHeld where messages are held.
	MaxMessage uint64

	// Ping is how long the client may be silent before it is pinged, Pong how
	// long it may be silent after that.
	Ping, Pong time.Duration
	// Idle ends a session that moves no data for so long.
	Idle time.Duration
	// Write ends a session one side of which takes nothing for so long.
	Write time.Duration
	// Close bounds the end: from the first side's last word to the other's.
	Close time.Duration
}

// Session is the engine of one session. Time is what its driver says: any
// monotonic count, always greater than zero.
type Session struct {
	cfg   *Config
	in    inbound
	out   framing.Outbound
	ctl   control
	end   ending
	clock clock
	stats counters
}

// Action is what a call asks of the driver, once the bytes that the same call
// returned are written. Several may be set; what is for one side is done in
// this order, and the service need not wait for what the client is written.
// What waits for a peer is ended by Tick, so Rearm comes first.
type Action uint8

const (
	// Rearm: Deadline has come nearer.
	Rearm Action = 1 << iota
	// ControlFrames wait: take them with TakeControl and write them to the
	// client between two frames.
	ControlFrames
	// ShutService: half-close the service's connection; it may go on writing.
	ShutService
	// CloseService: close the service's connection.
	CloseService
	// ShutClient: half-close the client's connection.
	ShutClient
	// CloseClient: close the client's connection.
	CloseClient
	// Done: the session is over; close what is open.
	Done
)

// Init begins a session, at the moment its 101 goes out. A driver's session
// contains the engine's.
func (s *Session) Init(cfg *Config, now time.Duration) {
	s.cfg = cfg
	s.in.framing = framing.Inbound{Kind: cfg.Framing, Max: cfg.MaxMessage}
	s.out = framing.Outbound{Kind: cfg.Framing, Text: cfg.Text}
	s.clock.heard, s.clock.data = now, now
}

// Stats are the figures up to now. Unlike all else, it may be called at any time
// from any goroutine.
func (s *Session) Stats() Stats { return s.stats.stats() }

// codeAbnormal stands for an end without a Close frame; it is never sent
// (RFC 6455 7.4.1).
const codeAbnormal = 1006

// End is how the session ended; its Cause is None while it has not.
func (s *Session) End() End {
	e := &s.end
	code := e.code
	if e.done && !e.closeReceived && !e.closeWritten {
		code = codeAbnormal
	}
	return End{Cause: e.cause, Code: code, Detail: e.detail, Stats: s.Stats()}
}

// Listening reports whether bytes from the client still matter.
func (s *Session) Listening() bool {
	e := &s.end
	return !e.done && !e.closeReceived && !e.clientEnded
}

// Reading reports whether bytes from the service still matter, if only so that
// it can finish.
func (s *Session) Reading() bool {
	return !s.end.done && !s.end.serviceEnded
}
