package route

import (
	"encoding/json"
	"testing"
)

func TestEntries(t *testing.T) {
	table := compile(t,
		route("z").created(1).on("any").serving("b", "a").fallback("svc/a"),
		route("y").created(2).on("any").serving("a", "c"),
		route("shadowed").created(3).on("any").serving("a"),
		route("x").on("example", "b.example.com", "*.c.example.com").exact("/x").serving("q"),
		route("nothing").on("example", "n.example.com").serving(),
		route("w").on("one").prefix("/w/").fallback("svc/f"),
	)
	want := []string{
		`{"listener":"any","address":"","port":8080,"tls":false,"host":"","path":"/","pathType":"PathPrefix","subprotocols":["c"],"fallback":false,"route":"y","services":["svc/c"]}`,
		`{"listener":"any","address":"","port":8080,"tls":false,"host":"","path":"/","pathType":"PathPrefix","subprotocols":["a","b"],"fallback":true,"route":"z","services":["svc/a","svc/b"]}`,
		`{"listener":"example","address":"","port":8080,"tls":false,"host":"*.c.example.com","path":"/x","pathType":"Exact","subprotocols":["q"],"fallback":false,"route":"x","services":["svc/q"]}`,
		`{"listener":"example","address":"","port":8080,"tls":false,"host":"b.example.com","path":"/x","pathType":"Exact","subprotocols":["q"],"fallback":false,"route":"x","services":["svc/q"]}`,
		`{"listener":"one","address":"","port":8443,"tls":true,"host":"ws.example.com","path":"/w","pathType":"PathPrefix","subprotocols":["p"],"fallback":true,"route":"w","services":["svc/f","svc/w"]}`,
	}
	got := table.Entries()
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			b, err := json.Marshal(got[i])
			if err != nil {
				t.Fatal(err)
			}
			g = string(b)
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("entry %d:\ngot  %s\nwant %s", i, g, w)
		}
	}
}
