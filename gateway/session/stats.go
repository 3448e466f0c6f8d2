package session

import "sync/atomic"

// Stats are the figures of one session so far.
type Stats struct {
	// Payload bytes and whole messages from the client.
	BytesIn, MessagesIn uint64
	// Payload bytes and whole messages to the client.
	BytesOut, MessagesOut uint64
}

// counters are Stats that may be read while the driver counts.
type counters struct {
	bytesIn, messagesIn, bytesOut, messagesOut counter
}

func (c *counters) stats() Stats {
	return Stats{
		BytesIn: c.bytesIn.n.Load(), MessagesIn: c.messagesIn.n.Load(),
		BytesOut: c.bytesOut.n.Load(), MessagesOut: c.messagesOut.n.Load(),
	}
}

// counter has one writer, which needs no costly addition.
type counter struct{ n atomic.Uint64 }

func (c *counter) add(n uint64) { c.n.Store(c.n.Load() + n) }

// End is how a session ended.
type End struct {
	Cause Cause
	// Code is the code of the Close frame that decided the end: the client's
	// own where it closed, else the gateway's. 1005 where the client's Close
	// had none, 1006 where there was no Close frame at all (RFC 6455 7.1.5).
	Code uint16
	// Detail says more than Cause where more is known, as the RFC's section that
	// was broken; never a raw value of the client's.
	Detail string
	Stats  Stats
}
