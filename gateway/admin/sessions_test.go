package admin

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard.dev/gateway/registry"
)

func TestSessions(t *testing.T) {
	cases := map[string]struct {
		query     string
		want      []string
		total     int
		truncated bool
	}{
		"all, the newest first":           {query: "", want: []string{"d", "b", "c", "a"}, total: 4},
		"those of a route":                {query: "?route=iot/devices", want: []string{"b", "a"}, total: 2},
		"those of a subprotocol":          {query: "?subprotocol=mqtt", want: []string{"c", "a"}, total: 2},
		"those of a route's fallback":     {query: "?route=iot/devices&subprotocol=", want: []string{"b"}, total: 1},
		"those of nobody":                 {query: "?route=nobody", want: nil},
		"not more than asked for":         {query: "?limit=2", want: []string{"d", "b"}, total: 4, truncated: true},
		"exactly as many as there are":    {query: "?limit=4", want: []string{"d", "b", "c", "a"}, total: 4},
		"none, only how many there are":   {query: "?limit=0", want: nil, total: 4, truncated: true},
		"the limit holds after filtering": {query: "?subprotocol=mqtt&limit=1", want: []string{"c"}, total: 2, truncated: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := sources()
			add(s.Sessions, "a", "iot/devices", "mqtt", 4*time.Minute)
			add(s.Sessions, "b", "iot/devices", "", 2*time.Minute)
			add(s.Sessions, "c", "chat/room", "mqtt", 3*time.Minute)
			add(s.Sessions, "d", "chat/room", "stomp", 1*time.Minute)
			var got listing
			if err := json.Unmarshal([]byte(get(t, Handler(s), "/sessions"+tc.query).body), &got); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, e := range got.Sessions {
				ids = append(ids, e.ID)
			}
			if diff := cmp.Diff(tc.want, ids); diff != "" {
				t.Errorf("unlike expected (-want +got):\n%s", diff)
			}
			if got.Total != tc.total || got.Truncated != tc.truncated {
				t.Errorf("total %d, truncated %v", got.Total, got.Truncated)
			}
		})
	}
}

func TestOneSessionInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sources()
		add(s.Sessions, "0123456789abcdef", "iot/devices", "mqtt", 90*time.Second)
		const want = `{
  "time": "2000-01-01T00:00:00Z",
  "total": 1,
  "truncated": false,
  "sessions": [
    {
      "id": "0123456789abcdef",
      "listener": "",
      "route": "iot/devices",
      "service": "",
      "endpoint": "",
      "subprotocol": "mqtt",
      "client": "",
      "host": "",
      "path": "/\u003cb\u003e",
      "started": "1999-12-31T23:58:30Z",
      "age_seconds": 90,
      "bytes_in": 1,
      "bytes_out": 3,
      "messages_in": 2,
      "messages_out": 4
    }
  ]
}
`
		if diff := cmp.Diff(want, get(t, Handler(s), "/sessions").body); diff != "" {
			t.Errorf("unlike expected (-want +got):\n%s", diff)
		}
	})
}

func TestTheListIsBounded(t *testing.T) {
	s := sources()
	for i := range defaultLimit + 1 {
		add(s.Sessions, strconv.Itoa(i), "r", "", 0)
	}
	got := list(s.Sessions, query{limit: defaultLimit}, time.Now())
	if len(got.Sessions) != defaultLimit || got.Total != defaultLimit+1 || !got.Truncated {
		t.Errorf("%d of %d, truncated %v", len(got.Sessions), got.Total, got.Truncated)
	}
}

func TestLimitsThatAreNone(t *testing.T) {
	s := sources()
	s.Sessions = registry.New()
	for _, limit := range []string{"", "-1", "many", "100001", "99999999999999999999"} {
		got := get(t, Handler(s), "/sessions?limit="+limit)
		want := `limit "` + limit + `": must be a number from 0 to 100000`
		if got.StatusCode != 400 || strings.TrimSpace(got.body) != want {
			t.Errorf("%d %s, want %s", got.StatusCode, got.body, want)
		}
	}
}
