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
	registry.Info
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
	var found []held
	for s := range all {
		found = append(found, held{s.Info(), s})
	}
	slices.SortFunc(found, newestFirst)
	answer := sessions{Now: now, Total: len(found), Sessions: []live{}}
	for _, s := range found[:min(len(found), maxSessions)] {
		stats := s.live.Stats()
		answer.Sessions = append(answer.Sessions, live{
			Info:        s.info,
			BytesIn:     stats.BytesIn,
			BytesOut:    stats.BytesOut,
			MessagesIn:  stats.MessagesIn,
			MessagesOut: stats.MessagesOut,
		})
	}
	return answer
}

// held is a live session. Its Info is made once.
type held struct {
	info registry.Info
	live registry.Live
}

func newestFirst(a, b held) int {
	if order := b.info.Started.Compare(a.info.Started); order != 0 {
		return order
	}
	return strings.Compare(a.info.ID, b.info.ID)
}
