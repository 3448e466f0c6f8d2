package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"switchyard.dev/gateway/registry"
)

const (
	// defaultLimit and maxLimit bound the sessions of one answer.
	defaultLimit = 1000
	maxLimit     = 100_000
)

// listing is the answer of /sessions.
type listing struct {
	// Time is when the figures were read; rates come from two answers.
	Time time.Time `json:"time"`
	// Total is how many sessions match; Truncated tells that not all are listed.
	Total     int     `json:"total"`
	Truncated bool    `json:"truncated"`
	Sessions  []entry `json:"sessions"`
}

// entry is one live session.
type entry struct {
	registry.Info
	AgeSeconds  float64 `json:"age_seconds"`
	BytesIn     uint64  `json:"bytes_in"`
	BytesOut    uint64  `json:"bytes_out"`
	MessagesIn  uint64  `json:"messages_in"`
	MessagesOut uint64  `json:"messages_out"`
}

// query is what /sessions is asked for. A nil name is any.
type query struct {
	route, subprotocol *string
	limit              int
}

func parseQuery(q url.Values) (query, error) {
	parsed := query{limit: defaultLimit}
	if q.Has("route") {
		parsed.route = new(q.Get("route"))
	}
	if q.Has("subprotocol") {
		parsed.subprotocol = new(q.Get("subprotocol"))
	}
	if q.Has("limit") {
		n, err := strconv.Atoi(q.Get("limit"))
		if err != nil || n < 0 || n > maxLimit {
			return query{}, fmt.Errorf("limit %q: must be a number from 0 to %d", q.Get("limit"), maxLimit)
		}
		parsed.limit = n
	}
	return parsed, nil
}

func (q query) matches(info *registry.Info) bool {
	return (q.route == nil || *q.route == info.Route) &&
		(q.subprotocol == nil || *q.subprotocol == info.Subprotocol)
}

func sessions(r *registry.Registry) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		q, err := parseQuery(req.URL.Query())
		if err != nil {
			text(w, http.StatusBadRequest, err.Error())
			return
		}
		asJSON(w, list(r, q, time.Now()))
	}
}

// list is what lives now, newest first. Only those listed are asked for figures.
func list(r *registry.Registry, q query, now time.Time) listing {
	var found []match
	for s := range r.Each {
		if info := s.Info(); q.matches(&info) {
			found = append(found, match{info, s})
		}
	}
	slices.SortFunc(found, newestFirst)
	shown := found[:min(q.limit, len(found))]
	out := listing{Time: now.UTC(), Total: len(found), Truncated: len(shown) < len(found), Sessions: make([]entry, 0, len(shown))}
	for _, s := range shown {
		stats := s.live.Stats()
		out.Sessions = append(out.Sessions, entry{
			Info: s.info, AgeSeconds: now.Sub(s.info.Started).Seconds(),
			BytesIn: stats.BytesIn, BytesOut: stats.BytesOut,
			MessagesIn: stats.MessagesIn, MessagesOut: stats.MessagesOut,
		})
	}
	return out
}

// match is a session that was asked for. Its Info is made once.
type match struct {
	info registry.Info
	live registry.Live
}

func newestFirst(a, b match) int {
	return cmp.Or(b.info.Started.Compare(a.info.Started), cmp.Compare(a.info.ID, b.info.ID))
}
