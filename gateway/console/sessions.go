package console

import (
	"iter"
	"slices"
	"strings"
	"time"

	"switchyard.dev/gateway/registry"
)

// maxSessions bounds one answer: a page that shows more helps nobody, and it
// asks every second.
const maxSessions = 200

// live is one session and its figures up to now.
type live struct {
	*registry.Info
	BytesIn     uint64 `json:"bytesIn"`
	BytesOut    uint64 `json:"bytesOut"`
	MessagesIn  uint64 `json:"messagesIn"`
	MessagesOut uint64 `json:"messagesOut"`
}

type sessions struct {
	// Now is the gateway's clock, for ages and rates.
	Now time.Time `json:"now"`
	// Total counts all live sessions; the newest maxSessions are listed.
	Total    int    `json:"total"`
	Sessions []live `json:"sessions"`
}

// sessionsOf lists the newest sessions first.
func sessionsOf(all iter.Seq[registry.Live], now time.Time) sessions {
	held := slices.SortedFunc(all, newestFirst)
	answer := sessions{Now: now, Total: len(held), Sessions: []live{}}
	for _, s := range held[:min(len(held), maxSessions)] {
		stats := s.Stats()
		answer.Sessions = append(answer.Sessions, live{
			Info:        s.Info(),
			BytesIn:     stats.BytesIn,
			BytesOut:    stats.BytesOut,
			MessagesIn:  stats.MessagesIn,
			MessagesOut: stats.MessagesOut,
		})
	}
	return answer
}

func newestFirst(a, b registry.Live) int {
	if order := b.Info().Started.Compare(a.Info().Started); order != 0 {
		return order
	}
	return strings.Compare(a.Info().ID, b.Info().ID)
}
