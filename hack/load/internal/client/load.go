package client

import (
	"time"

	"switchyard.dev/hack/load/internal/histogram"
	"switchyard.dev/hack/load/internal/link"
	"switchyard.dev/hack/load/internal/wire"
)

const (
	// maxOpening is how many sessions may be in their handshake at once, so
	// that no listen queue overflows.
	maxOpening = 128
	// echoStride sets the payloads of two sessions apart, so that a message
	// which comes back to the wrong one shows.
	echoStride = 4099
	// blockSize is about what an upload hands to the kernel at once.
	blockSize = 64 << 10
	// statusNormal is the close code 1000 (RFC 6455 7.4.1).
	statusNormal = "\x03\xe8"
)

// load is all sessions of a run and what they count. Whoever drives the
// sessions serialises access to it.
type load struct {
	config   *Config
	driver   link.Driver
	pattern  *wire.Pattern
	request  []byte
	farewell []byte // a Close frame
	block    []byte // upload: whole frames, sent over and over

	sessions []*session // all of them; in churn mode, those that are not over
	begun    int        // sessions that were dialled in all
	opens    int        // sessions now open
	failed   int        // sessions that ended before they were open
	waiting  int        // sessions now opening

	recording  bool
	latency    histogram.Histogram
	messages   uint64
	bytes      uint64
	uploaded   uint64 // bytes of block, headers included
	handshakes uint64
	errors     map[string]uint64
}

// newLoad prepares the bytes that are the same for all sessions.
func newLoad(c *Config, host, path string) *load {
	l := &load{
		config:   c,
		pattern:  wire.NewPattern(),
		request:  wire.Request(host, path, c.Subprotocol),
		farewell: wire.AppendClientFrame(nil, wire.Close, []byte(statusNormal)),
		errors:   make(map[string]uint64),
	}
	if c.Mode == Upload {
		frame := l.message(0)
		for len(l.block) == 0 || len(l.block)+len(frame) <= blockSize {
			l.block = append(l.block, frame...)
		}
	}
	return l
}

// message is a frame with Size bytes of the pattern from base on.
func (l *load) message(base uint64) []byte {
	payload := l.pattern.Append(nil, base, l.config.Size)
	return wire.AppendClientFrame(nil, wire.Binary, payload)
}

// check compares what came back with the pattern.
func (l *load) check(b []byte, pos uint64) bool {
	if l.config.Verify {
		return l.pattern.Whole(b, pos)
	}
	return l.pattern.Quick(b, pos)
}

// dial opens one more session.
func (l *load) dial() {
	s := &session{load: l, index: l.begun, began: time.Now()}
	l.sessions = append(l.sessions, s)
	l.begun++
	l.waiting++
	if conn := l.driver.Dial(s); s.stage != ended {
		s.conn = conn
	}
}

// opened is told by a session that is open.
func (l *load) opened(s *session) {
	l.waiting--
	l.opens++
	l.handshakes++
	if l.config.Mode == Churn {
		s.hangUp()
	}
}

// echoed is told by a session whose message came back.
func (l *load) echoed(took time.Duration) {
	l.messages++
	l.bytes += uint64(l.config.Size)
	if l.recording {
		l.latency.Record(took)
	}
}

// ended is told by a session that is over, with the stage it had reached.
func (l *load) ended(s *session, reached stage, err error) {
	if reached == opening {
		l.waiting--
	} else {
		l.opens--
	}
	if reached == closing && closedAsAsked(err) {
		l.messages++
	} else {
		l.errors[kind(err)]++
		if reached == opening {
			l.failed++
		}
	}
}

// reset forgets what was counted so far: the measured window begins.
func (l *load) reset() {
	l.latency.Reset()
	l.messages, l.bytes, l.uploaded, l.handshakes = 0, 0, 0, 0
	for _, s := range l.sessions {
		s.heard, s.pinged = false, false
	}
	l.recording = true
}

// finish ends the window and turns uploaded bytes into messages.
func (l *load) finish() {
	l.recording = false
	if l.block == nil {
		return
	}
	frame := uint64(len(l.message(0)))
	l.messages = l.uploaded / frame
	l.bytes = l.messages * uint64(l.config.Size)
}

// pinged counts the sessions that were pinged in the window.
func (l *load) pinged() int {
	n := 0
	for _, s := range l.sessions {
		if s.pinged {
			n++
		}
	}
	return n
}

// silent counts the sessions that talk and were not answered in the window.
func (l *load) silent() uint64 {
	var n uint64
	if l.config.Mode == Echo || l.config.Mode == Download {
		for _, s := range l.sessions {
			if s.stage == open && s.talks && !s.heard {
				n++
			}
		}
	}
	return n
}
