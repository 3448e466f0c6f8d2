package session

import (
	"time"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// serverHeader is the longest header of a frame to the client, which has no key.
const serverHeader = frame.MaxHeader - 4

// FromService takes the service's bytes buf[r:], r at least Headroom, and works
// in place. It returns whole frames to write to the client, which lie in buf,
// and the offset of what it has not taken yet: when that is written, it must be
// called again with the rest.
//
// Between this call and the end of that write nothing else may be written to
// the client.
func (s *Session) FromService(now time.Duration, buf []byte, r int) (out []byte, next int, do Action) {
	if !s.sending() {
		return nil, len(buf), 0
	}
	s.clock.data = now
	start, w := -1, r-Headroom
	// Every frame finds room for its header in what was taken before it.
	for r < len(buf) && r-w >= serverHeader {
		f, after, ok, err := s.out.Next(buf, r)
		r = after
		if err != nil {
			s.fail(now, BackendInvalid, err.Error())
			s.end.wantServiceClosed = true
			r = len(buf)
			break
		}
		if !ok {
			break
		}
		h := frame.Header{Fin: f.Fin, Opcode: opcode(f.First, f.Text), Length: uint64(f.To - f.From)}
		if start < 0 {
			if r == len(buf) {
				w = f.From - h.Size() // alone, it need not move
			}
			start = w
		}
		if to := w + h.Size(); to != f.From {
			copy(buf[to:], buf[f.From:f.To])
		}
		w = len(h.Append(buf[:w])) + f.To - f.From
		s.stats.bytesOut.add(h.Length)
		if f.Fin {
			s.stats.messagesOut.add(1)
		}
	}
	if start >= 0 {
		out = buf[start:w]
	}
	return out, r, s.settle(now)
}

// Passes reports whether what the service sends may go to the client without
// being looked at: every piece of it is a binary message.
func (s *Session) Passes() bool {
	return s.cfg.Framing == framing.Stream && !s.cfg.Text && s.sending()
}

// Pass is FromService for n bytes that the driver moves by itself, while Passes.
// It appends to dst the header that goes before them.
func (s *Session) Pass(now time.Duration, n int, dst []byte) []byte {
	s.clock.data = now
	s.stats.bytesOut.add(uint64(n))
	s.stats.messagesOut.add(1)
	return frame.Header{Fin: true, Opcode: frame.Binary, Length: uint64(n)}.Append(dst)
}

func opcode(first, text bool) frame.Opcode {
	switch {
	case !first:
		return frame.Continuation
	case text:
		return frame.Text
	default:
		return frame.Binary
	}
}

// sending reports whether data may still go to the client: "The application
// MUST NOT send any more data frames after sending a Close frame."
// (RFC 6455 5.5.1)
func (s *Session) sending() bool {
	e := &s.end
	return !e.done && !e.closeQueued && !e.clientEnded && !e.clientBroken
}
