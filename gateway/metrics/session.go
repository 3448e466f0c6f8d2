package metrics

import (
	"time"

	"switchyard.dev/gateway/session"
)

// Session is where a session counts: every session embeds one.
type Session struct {
	// in is set between Started and Ended, and guarded by Metrics.mu. Meanwhile
	// the session's figures count through the session itself, afterwards through
	// the series' own sum, never both.
	in *series
}

func (s *Session) counted() *Session { return s }

// Live is a live session.
type Live interface {
	// counted is the session's Session, which it embeds.
	counted() *Session
	// Stats are the figures up to now.
	Stats() session.Stats
}

// Started counts a session. It is called once.
func (m *Metrics) Started(s *Session, route, subprotocol string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.in = m.at(route, subprotocol)
	s.in.started++
	s.in.active++
}

// Ended counts the end of a session that was Started, and does nothing for any
// other, or a second time. It is to be called before the session leaves the
// registry: in between, its bytes would be in neither sum.
func (m *Metrics) Ended(s *Session, end session.End, lived time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := s.in
	if in == nil {
		return
	}
	s.in = nil
	in.active--
	in.past = sum(in.past, end.Stats)
	in.closes[closing{end.Cause, codeLabel(end.Code)}]++
	in.lives.Observe(lived.Seconds())
}
