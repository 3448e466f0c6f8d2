package console

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/session"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type fakeLive struct {
	registry.Entry
	info  registry.Info
	stats session.Stats
}

func (f *fakeLive) Info() registry.Info  { return f.info }
func (f *fakeLive) Stats() session.Stats { return f.stats }
func (f *fakeLive) Close(session.Cause)  {}
func (f *fakeLive) Cut(session.Cause)    {}

// begun is a session that is seconds old at noon.
func begun(id string, seconds int) registry.Live {
	return &fakeLive{info: registry.Info{ID: id, Started: noon.Add(-time.Duration(seconds) * time.Second)}}
}

func TestOneSessionAsJSON(t *testing.T) {
	held := []registry.Live{&fakeLive{
		info: registry.Info{
			ID: "00112233445566ff", Listener: "default/laptop/ws", Route: "default/echo", Service: "default/echo:7",
			Endpoint: "127.0.0.1:7007", Subprotocol: "echo", Client: "127.0.0.1:50000", Host: "127.0.0.1",
			Path: "/echo", Origin: "http://127.0.0.1:8080", Started: noon,
		},
		stats: session.Stats{BytesIn: 1, BytesOut: 2, MessagesIn: 3, MessagesOut: 4},
	}}
	got, err := json.Marshal(sessionsOf(slices.Values(held), noon.Add(time.Second)))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"now":"2026-03-01T12:00:01Z","total":1,"sessions":[{"id":"00112233445566ff",` +
		`"listener":"default/laptop/ws","route":"default/echo","service":"default/echo:7","endpoint":"127.0.0.1:7007",` +
		`"subprotocol":"echo","client":"127.0.0.1:50000","host":"127.0.0.1","path":"/echo",` +
		`"origin":"http://127.0.0.1:8080","started":"2026-03-01T12:00:00Z",` +
		`"bytesIn":1,"bytesOut":2,"messagesIn":3,"messagesOut":4}]}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTheNewestSessionsComeFirst(t *testing.T) {
	held := []registry.Live{begun("b", 5), begun("d", 1), begun("a", 5), begun("c", 9)}
	var got []string
	for _, s := range sessionsOf(slices.Values(held), noon).Sessions {
		got = append(got, s.ID)
	}
	if want := []string{"d", "a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheListIsBoundedAndTheTotalIsNot(t *testing.T) {
	held := make([]registry.Live, 3*maxSessions)
	for i := range held {
		held[i] = begun(fmt.Sprintf("%04d", i), i)
	}
	got := sessionsOf(slices.Values(held), noon)
	if got.Total != len(held) || len(got.Sessions) != maxSessions {
		t.Errorf("%d listed of %d, want %d of %d", len(got.Sessions), got.Total, maxSessions, len(held))
	}
	if last := got.Sessions[maxSessions-1].ID; last != fmt.Sprintf("%04d", maxSessions-1) {
		t.Errorf("the last listed is %s, want the %dth newest", last, maxSessions)
	}
}
